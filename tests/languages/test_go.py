"""Symbols, environment and entry points of Go files."""

from __future__ import annotations

from scout_codebase.languages.analyse import analyse


def test_symbols_have_kinds_signatures_and_the_whole_comment_above_them() -> None:
    text = """\
// Package shop sells.
package shop

// Open opens
// a store.
//
// More about it.
func Open(name string) (*Store, error) {
	const Inner = 1
	return nil, nil
}

const Most = 3

type Store struct{ Name string }

func (s *Store) Close() error { return nil }

type Closer interface{ Close() error }
type Names map[string]int
"""
    analysis = analyse("shop.go", text)
    assert analysis is not None
    found = [(one.name, one.kind, one.start_line, one.docstring) for one in analysis.symbols]
    assert found == [
        ("Open", "function", 8, "Open opens a store."),
        ("Most", "constant", 13, ""),
        ("Store", "class", 15, ""),
        ("Close", "method", 17, ""),
        ("Closer", "interface", 19, ""),
        ("Names", "type", 20, ""),
    ]
    assert analysis.symbols[0].signature == "func Open(name string) (*Store, error)"


def test_environment_variables_and_main() -> None:
    text = 'package main\n\nimport "os"\n\nfunc main() { os.Getenv("HOME") }\n'
    analysis = analyse("main.go", text)
    assert analysis is not None
    assert analysis.environment == (("HOME", 5),)
    assert analysis.entry_lines == (5,)
    library = analyse("main.go", text.replace("package main", "package other"))
    assert library is not None
    assert library.entry_lines == ()
