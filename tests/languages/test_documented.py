"""Documentation of definitions, in the forms that languages have for it."""

from __future__ import annotations

import pytest

from scout_codebase.languages.analyse import analyse


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.go",
            (
                "package a\n\n// Row is a row.\ntype Row struct{}\n\ntype (\n\t// In reads\n"
                "\t// rows.\n"
                "\tIn interface{ X() }\n\tNo int\n)\n"
            ),
            {"Row": "Row is a row.", "In": "In reads rows.", "No": ""},
        ),
        (
            "a.rs",
            (
                "/** Makes\n * rows. */\n#[inline]\npub fn b() {}\n/* no */\nfn c() {}\n"
                "/// En.\nenum En { A }\n"
            ),
            {"b": "Makes rows.", "c": "", "En": "En."},
        ),
        (
            "a.ts",
            (
                "/** Doc f. */\nexport async function f(): Promise<void> {}\n/** Doc g. */\n"
                "export const g = (x: number) => x;\n/** Doc C. */\nexport default class C {\n"
                "  /** Doc m. */\n  m(): void {}\n}\n"
            ),
            {"f": "Doc f.", "g": "Doc g.", "C": "Doc C.", "C.m": "Doc m."},
        ),
        (
            "A.java",
            (
                "/** Doc A. */\n@Deprecated\npublic class A {\n  /** Doc m.\n   * @param x y */\n"
                "  @Override public void m(int x) {}\n}\n"
            ),
            {"A": "Doc A.", "A.m": "Doc m."},
        ),
    ],
)
def test_definitions_are_documented(path: str, text: str, expected: dict[str, str]) -> None:
    analysis = analyse(path, text)
    assert analysis is not None
    assert {symbol.name: symbol.docstring for symbol in analysis.symbols} == expected
