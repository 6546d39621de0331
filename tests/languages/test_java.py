"""Symbols, environment and references of Java files."""

from __future__ import annotations

from scout_codebase.languages.analyse import analyse
from scout_codebase.records import ImportKind

TEXT = """\
package shop;

/**
 * A store.
 *
 * @since 1
 */
public class Store<T> {
    /** Opens it. */
    public Store(String name) { System.getenv("HOME"); }
    public T first() { return this.<T>map(Price::new); }
    enum State { OPEN }
    record Line(int n) { }
    interface Closer { void close(); }
}
"""


def test_symbols_have_kinds_and_documentation() -> None:
    analysis = analyse("Store.java", TEXT)
    assert analysis is not None
    assert analysis.syntax_errors == 0
    found = [(one.name, one.kind, one.docstring) for one in analysis.symbols]
    assert found == [
        ("Store", "class", "A store."),
        ("Store.Store", "method", "Opens it."),
        ("Store.first", "method", ""),
        ("Store.State", "enum", ""),
        ("Store.Line", "class", ""),
        ("Store.Closer", "interface", ""),
        ("Store.Closer.close", "method", ""),
    ]
    assert analysis.environment == (("HOME", 10),)


def test_names_bound_in_a_file_are_no_references() -> None:
    analysis = analyse("Store.java", TEXT, detailed=False)
    assert analysis is not None
    assert analysis.packages == ("shop",)
    assert "shop.Store.State" in analysis.declarations
    names = {one.module for one in analysis.imports if one.kind is ImportKind.REFERENCE}
    assert names == {"String", "System", "Price"}
