"""Symbols, imports, environment, entry points, languages; and input meant to break a parser."""

from __future__ import annotations

import time

import pytest

from scout_codebase.languages.analyse import analyse, detect
from scout_codebase.languages.resolvers import RESOLVERS
from scout_codebase.languages.syntax import LINKS, load_query
from scout_codebase.languages.table import BY_NAME, LANGUAGES
from scout_codebase.records import FileAnalysis, ImportStatement


def analysed(path: str, text: str) -> FileAnalysis:
    analysis = analyse(path, text)
    assert analysis is not None
    return analysis


# --- the table of languages ---


def test_the_table_is_sorted_and_no_name_is_claimed_twice() -> None:
    names = [spec.name for spec in LANGUAGES]
    assert names == sorted(set(names))
    claims = [
        claim
        for spec in LANGUAGES
        for claim in (
            *spec.extensions,
            *spec.file_names,
            *(f"#!{one}" for one in spec.interpreters),
        )
    ]
    assert len(claims) == len(set(claims))


@pytest.mark.parametrize("spec", LANGUAGES, ids=lambda spec: spec.name)
def test_a_row_with_a_grammar_has_queries_and_a_resolver(spec: object) -> None:
    assert spec in LANGUAGES
    row = next(one for one in LANGUAGES if one is spec)
    if row.grammar is None:
        assert not row.queries
        assert not row.resolver
    else:
        assert load_query(row, LINKS) is not None
        assert row.resolver in RESOLVERS


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("a.py", "", "python"),
        ("a.pyi", "", "python"),
        ("A.PY", "", "python"),
        ("bin/tool", "#!/usr/bin/env python3\n", "python"),
        ("bin/tool", "#!/usr/bin/python3.12 -u\n", "python"),
        ("bin/tool", "#!/usr/bin/env -S node --flag\n", "javascript"),
        ("bin/tool", "#!/bin/sh\n", "shell"),
        ("a.d.ts", "", "typescript"),
        ("a.tsx", "", "tsx"),
        ("a.cjs", "", "javascript"),
        ("Dockerfile", "", "dockerfile"),
        ("sub/Makefile", "", "make"),
        ("README.md", "", "markdown"),
        ("a.yml", "", "yaml"),
        ("a.go", "", "go"),
        ("a.java", "", "java"),
    ],
)
def test_detect(path: str, text: str, language: str) -> None:
    spec = detect(path, text)
    assert spec is not None
    assert spec.name == language


@pytest.mark.parametrize("path", ["a.unheard", "noextension", "", ".py", "dir.py/file"])
def test_detect_nothing(path: str) -> None:
    spec = detect(path, "text")
    assert spec is None or path == ".py"


def test_a_language_without_a_grammar_has_its_lines_counted() -> None:
    assert analysed("a.md", "one\ntwo") == FileAnalysis("markdown", 2)


# --- symbols ---


PYTHON = '''\
"""The module."""
import os

LIMIT = 3
_SEEN: dict[str, int] = {}
lower = 1


class Store(Base):
    """Keeps things.

    For ever.
    """

    def put(self, key: str, *,
            value: int = 3) -> None:  # a remark
        \'\'\'Puts.\'\'\'
        def inner(): ...

    @property
    async def size(self): return 1


def outside(a, b): pass
'''


def test_python_symbols() -> None:
    found = [
        (one.name, one.kind, one.start_line, one.end_line, one.signature, one.docstring)
        for one in analysed("a.py", PYTHON).symbols
    ]
    assert found == [
        ("LIMIT", "constant", 4, 4, "LIMIT = 3", ""),
        ("_SEEN", "constant", 5, 5, "_SEEN: dict[str, int] = {}", ""),
        ("Store", "class", 9, 21, "class Store(Base)", "Keeps things."),
        (
            "Store.put",
            "method",
            15,
            18,
            "def put(self, key: str, *, value: int = 3) -> None",
            "Puts.",
        ),
        ("Store.put.inner", "function", 18, 18, "def inner()", ""),
        ("Store.size", "method", 21, 21, "async def size(self)", ""),
        ("outside", "function", 24, 24, "def outside(a, b)", ""),
    ]


JAVASCRIPT = """\
const LIMIT = 3;
/** The first.
 *  Goes on.
 *
 *  Not this.
 */
export function first(a, b = 2) {
  return a;
}
export default class Store extends Base {
  /**
   * Puts.
   * @param {string} key
   */
  async put(key) {}
  static from() {}
}
const arrow = async (x) => x;
app.use = function use(fn) {};
// no documentation
function* plain() {}
"""


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
def test_javascript_symbols(path: str) -> None:
    found = [
        (one.name, one.kind, one.start_line, one.signature, one.docstring)
        for one in analysed(path, JAVASCRIPT).symbols
    ]
    assert found == [
        ("LIMIT", "constant", 1, "LIMIT = 3", ""),
        ("first", "function", 7, "function first(a, b = 2)", "The first. Goes on."),
        ("Store", "class", 10, "class Store extends Base", ""),
        ("Store.put", "method", 15, "async put(key)", "Puts."),
        ("Store.from", "method", 16, "static from()", ""),
        ("arrow", "function", 18, "arrow = async (x)", ""),
        ("app.use", "function", 19, "app.use = function use(fn)", ""),
        ("plain", "function", 21, "function* plain()", ""),
    ]


TYPESCRIPT = """\
/** A shape. */
export interface Shape<T> extends Base {
  area(): number;
}
type Id = string | number;
enum Color { Red }
abstract class A {
  private handler = (e: Event) => {};
  abstract go(): void;
}
declare function declared(x: number): string;
"""


def test_typescript_symbols() -> None:
    found = [
        (one.name, one.kind, one.signature, one.docstring)
        for one in analysed("a.ts", TYPESCRIPT).symbols
    ]
    assert found == [
        ("Shape", "interface", "interface Shape<T> extends Base", "A shape."),
        ("Id", "type", "type Id", ""),
        ("Color", "enum", "enum Color", ""),
        ("A", "class", "abstract class A", ""),
        ("A.handler", "method", "private handler = (e: Event)", ""),
        ("declared", "function", "function declared(x: number): string;", ""),
    ]


def test_a_long_signature_is_cut() -> None:
    signature = analysed("a.py", f"def f({'a, ' * 500}): ...").symbols[0].signature
    assert len(signature) == 300
    assert signature.endswith("…")


# --- imports ---


def test_imports_are_read_as_written() -> None:
    text = (
        "import a.b as c, d\nfrom ...x.y import (\n    one as two,\n    three,\n)\nfrom z import *"
    )
    assert analysed("a.py", text).imports == (
        ImportStatement("a.b", 1),
        ImportStatement("d", 1),
        ImportStatement("x.y", 2, ("one", "three"), 3),
        ImportStatement("z", 6, ("*",)),
    )
    text = "import d, { a, b as c } from './x'\nimport * as ns from 'y'\nexport { e } from './z'\n"
    found = [(one.module, one.names, one.kind.value) for one in analysed("a.js", text).imports]
    assert found == [
        ("./x", ("d", "a", "b"), "import"),
        ("y", ("*",), "import"),
        ("./z", ("e",), "re-export"),
    ]


# --- environment and entry points ---


def test_environment() -> None:
    text = (
        "os.environ['A']\nos.getenv('B', '')\nenviron.get('C')\nos.environ.setdefault('D', '1')\n"
        "os.environ[name]\nos.environ[f'{x}_E']\nrequest.environ.get('wsgi.input')\n"
    )
    assert analysed("a.py", text).environment == (("A", 1), ("B", 2), ("C", 3), ("D", 4))
    text = "process.env.A\nprocess.env['B']\nconst { C, D: d, E = 1 } = process.env\nother.env.F\n"
    found = analysed("a.js", text).environment
    assert found == (("A", 1), ("B", 2), ("C", 3), ("D", 3), ("E", 3))


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.py", "def main(): ...\n\nif __name__ == '__main__':\n    main()\n", (3,)),
        ("a.py", 'if "__main__" == __name__:\n    main()\n', (1,)),
        ("a.py", "#!/usr/bin/env python\n", (1,)),
        ("a.py", "app.run()\n", (1,)),
        ("a.py", "def f():\n    app.run()\n", ()),
        ("a.js", "const app = express()\napp.listen(3000)\n", (2,)),
        ("a.js", "if (require.main === module) main()\n", (1,)),
        ("a.js", "emitter.listen(x)\n", ()),
    ],
)
def test_entry_lines(path: str, text: str, lines: tuple[int, ...]) -> None:
    assert analysed(path, text).entry_lines == lines


# --- input meant to break a parser ---

HOSTILE = {
    "nothing": "",
    "deep brackets": "(" * 100_000,
    "deep closed brackets": "x = " + "(" * 100_000 + "1" + ")" * 100_000,
    "deep braces": "{" * 100_000,
    "deep blocks": "".join(" " * depth + "if x:\n" for depth in range(1000)),
    "deep functions": "".join(" " * depth + f"def f{depth}():\n" for depth in range(500)),
    "a long chain": "a" + ".b" * 100_000,
    "a long sum": "a" + " + b" * 100_000,
    "a long call of calls": "f(" * 50_000 + ")" * 50_000,
    "ten megabytes": "x = foo(a, b)\n" * 750_000,
    "a large file": "x = foo(a, b)\n" * 100_000,
    "a large file of places": "eval(a); os.system(b); secret = 'abcdefgh'\n" * 34_000,
    "a large file of functions": "def f(): pass\n" * 100_000,
    "a large file of type arguments": "a<" * 700_000,
    "type arguments of a field": "class A { Object f = " + "A<" * 60_000,
    "a chain of members": "class A { Object f = a" + ".b" * 120_000 + "; }",
    "a chain of calls": "class A { Object f = a" + ".b()" * 60_000 + "; }",
    "a list of names": "class A { Object f = f(" + "Abc, " * 48_000 + "a); }",
    "one line": "x = [" + "1, " * 490_000 + "]",
    "spaces": " " * 2_000_000,
    "rubbish": 'def (]{ " \n' * 50_000,
    "nulls": "\0" * 100_000,
    "a null in a name": "import a\0b\neval(x)\0",
    "lone surrogates": "import os\nx = '\udce9'\neval(x)\n",
    "carriage returns": "import os\r\ndef f():\r\n    pass\r\n",
    "a byte-order mark": "\ufeffimport os\n",
    "astral": "𝒳 = '🙂'\nimport os\n",
    "quotes": '"' * 99_999,
    "backslashes": "\\" * 200_000,
}


@pytest.mark.parametrize(
    "path", ["a.py", "a.js", "a.tsx", "a.cs", "a.go", "a.java", "a.kt", "a.scala"]
)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_analysed_in_bounded_time(
    path: str, name: str, seconds_for_plain_source: float
) -> None:
    analyse(path, "")  # loads the grammar and the queries
    started = time.thread_time()
    analysis = analysed(path, HOSTILE[name])
    assert time.thread_time() - started < 15 * seconds_for_plain_source
    assert analysis.line_count >= HOSTILE[name].count("\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "package main\n\nfunc main() { fmt.Println(`x`) }\n"),
        ("a.js", "#include <stdio.h>\nint main(void) { return 0; }\n"),
        ("a.ts", "def f(:\n  return <<<\n"),
    ],
)
def test_the_wrong_language_is_counted_as_errors(path: str, text: str) -> None:
    assert analysed(path, text).syntax_errors > 0


def test_of_a_file_that_is_too_large_the_head_is_analysed() -> None:
    text = "import first\n" + HOSTILE["ten megabytes"] + "import last\n"
    analysis = analysed("a.py", text)
    assert (analysis.line_count, analysis.complete) == (750_002, False)
    assert [one.module for one in analysis.imports] == ["first"]
    assert analysed("a.py", "x = 1").complete


def test_a_large_file_is_analysed_whole_however_slow_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A time limit once cut this short on a busy machine."""
    clock = time.thread_time
    monkeypatch.setattr(time, "thread_time", lambda: 10 * clock())
    text = "def f(x): eval(x)\n" * 10_000
    analysis = analysed("a.py", text)
    assert analysis.complete
    assert len(analysis.symbols) == len(analysis.places) == 10_000


def test_what_is_found_is_limited_by_number() -> None:
    analysis = analysed("a.py", "def f(): 0\n" * 40_000)
    assert not analysis.complete
    assert len(analysis.symbols) < 40_000


def test_an_error_does_not_hide_the_rest_of_the_file() -> None:
    analysis = analysed("a.py", "import a\ndef broken(:\n    pass\n\nimport b\n\ndef f(): pass\n")
    assert analysis.syntax_errors >= 1
    assert {one.module for one in analysis.imports} == {"a", "b"}
    assert "f" in {one.name for one in analysis.symbols}


def test_any_path_is_allowed() -> None:
    for path in ("\udce9.py", "a\nb.py", "a\0.py", "." * 300 + ".py"):
        assert analysed(path, "import os").language == "python"


def test_languages_by_name() -> None:
    assert BY_NAME["python"].title == "Python"
