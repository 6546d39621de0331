"""Packages, declarations, references and symbols of C#, Kotlin and Scala files."""

from __future__ import annotations

from scout_codebase.languages.analyse import analyse
from scout_codebase.records import FileAnalysis, ImportKind


def analysed(path: str, text: str) -> FileAnalysis:
    analysis = analyse(path, text)
    assert analysis is not None
    assert analysis.syntax_errors == 0
    return analysis


def references(analysis: FileAnalysis) -> set[str]:
    return {one.module for one in analysis.imports if one.kind is ImportKind.REFERENCE}


def symbols(analysis: FileAnalysis) -> list[tuple[str, str, str]]:
    return [(one.name, one.kind, one.docstring) for one in analysis.symbols]


def test_csharp_namespaces_of_both_kinds() -> None:
    text = "namespace A.B { namespace C { class D { enum E { F } } } class G { } }"
    analysis = analysed("a.cs", text)
    assert analysis.packages == ("A.B", "A.B.C")
    assert analysis.declarations == ("A.B.C.D", "A.B.C.D.E", "A.B.G")
    open_to_the_end = analysed("a.cs", "namespace A.B;\nclass D { }\nrecord E(int N);")
    assert open_to_the_end.declarations == ("A.B.D", "A.B.E")


def test_csharp_a_method_with_this_is_declared_as_an_extension() -> None:
    text = "static class X { static int Of(this int a) => a; static int On(int a) => a; }"
    assert analysed("a.cs", text).declarations == ("X", "X.Of", "X.Of(", "X.On")


def test_csharp_symbols() -> None:
    text = (
        "/// Sells.\n/// Things.\nclass Shop {\n  /// Opens.\n  void Open() { }\n}\nenum Kind { A }"
    )
    assert symbols(analysed("a.cs", text)) == [
        ("Shop", "class", "Sells. Things."),
        ("Shop.Open", "method", "Opens."),
        ("Kind", "enum", ""),
    ]


def test_kotlin_private_declarations_are_not_declared_to_others() -> None:
    text = (
        "package p\n\nprivate class Hide\n\nclass See\n\nprivate fun hide() = 1\n\nfun see() = 2\n"
    )
    assert analysed("a.kt", text).declarations == ("p.See", "p.see")


def test_kotlin_names_bound_in_a_file_are_no_references() -> None:
    text = """\
package p

import a.Imported as Alias

class Shop<Line>(val line: Line, start: () -> Int) {
    fun run(close: () -> Price) = start() + close() + own() + other(Name = 1) + Kind.ONE
    fun own() = Outer.Inner()
    enum class Kind {
        ONE
    }
}
"""
    assert references(analysed("a.kt", text)) == {
        "Inner(",
        "Int",
        "Outer",
        "Outer.Inner",
        "Price",
        "Shop",
        "other",
    }


def test_kotlin_symbols() -> None:
    text = (
        "/** Sells. */\nclass Shop {\n    fun open() = 1\n}\n\nobject One\n\nconst val MOST = 3\n"
    )
    assert symbols(analysed("a.kt", text)) == [
        ("Shop", "class", "Sells."),
        ("Shop.open", "method", ""),
        ("One", "class", ""),
        ("MOST", "constant", ""),
    ]


def test_scala_package_clauses_lie_in_each_other() -> None:
    text = "package a.b\npackage c\n\nclass D { object E }\npackage f { trait G }\n"
    analysis = analysed("a.scala", text)
    assert analysis.packages == ("a.b", "a.b.c", "a.b.c.f")
    assert analysis.declarations == ("a.b.c.D", "a.b.c.D.E", "a.b.c.f.G")


def test_scala_imports_have_paths_and_selectors() -> None:
    text = "import a.b.{C, D => E, F => _, _}, g.h\nimport i.given\nimport j.k.L as M\n"
    analysis = analysed("a.scala", text)
    found = {(one.module, one.names) for one in analysis.imports}
    assert found == {
        ("a.b.", ("C", "D => E", "F => _", "*")),
        ("g.h", ()),
        ("i.", ("*",)),
        ("j.k.", ("L as M",)),
    }


def test_scala_symbols() -> None:
    text = "/** Sells. */\nclass Shop {\n  def open() = 1\n}\nobject One\ntrait Two\n"
    assert symbols(analysed("a.scala", text)) == [
        ("Shop", "class", "Sells."),
        ("Shop.open", "method", ""),
        ("One", "class", ""),
        ("Two", "interface", ""),
    ]
