"""A quote is found where its code stands, whatever its white space, and nowhere else."""

from __future__ import annotations

import functools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import Packed, pack_texts
from support.spans import text_at

from scout_codebase.records import Evidence, Grade
from scout_codebase.reports.evidence import EvidenceChecker, SourceText, says_enough

STORE = """\
import sqlite3


def find(connection, key, limit=10):
    # look the key up
    row = connection.execute("SELECT * FROM orders WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise KeyError(key)
    return dict(row)


def drop(connection, key):
    connection.execute(
        "DELETE FROM orders WHERE key = ?",
        (key,),
    )
    return None
"""
TEXTS = {
    "store.py": STORE,
    "twice.py": "value = compute(1)\nother = 2\nvalue = compute(1)\n",
    "copy_a.py": "shared_line = load(config)\n",
    "copy_b.py": "shared_line = load(config)\n",
    "tokens.txt": "stop at <|eot|> and </file> here\nmarked <❘|eot|> already\n",
    "windows.py": "first = one()\r\nsecond = two(first)\r\n",
    " lead.py": "leading_blank = True\n",
    "form\x0cfeed.py": "alpha = 1\n\x0c\nbeta_value = alpha\rgamma_value = 2\n",
    "shell.sh": "files=`ls -la`\necho $files\n",
}


def checker_of(packed: Packed) -> EvidenceChecker:
    return EvidenceChecker(packed.pack, packed.graph.analyses)


@pytest.fixture(scope="module")
def checker() -> EvidenceChecker:
    return checker_of(pack_texts(TEXTS))


def place(evidence: Evidence) -> tuple[str, int, int]:
    return evidence.path, evidence.start_line, evidence.end_line


@pytest.mark.parametrize(
    ("path", "quote", "lines"),
    [
        ("store.py", "        raise KeyError(key)", (8, 8)),
        ("store.py", "raise KeyError(key)", (8, 8)),
        ("store.py", "\t raise   KeyError( key )  ", (8, 8)),
        ("store.py", "if row is None: raise KeyError(key)", (7, 8)),
        ("store.py", "if row is None:\n  raise KeyError(key)\nreturn dict(row)", (7, 9)),
        ("store.py", 'connection.execute("DELETE FROM orders WHERE key = ?", (key,),)', (13, 16)),
        ("store.py", "# look the key up", (5, 5)),
        ("store.py", "def find(connection, key, limit=10):\n    ...\n    return dict(row)", (4, 9)),
        ("store.py", "def find(connection, … ):", (4, 4)),
        ("store.py", "```python\nreturn dict(row)\n```", (9, 9)),
        ("store.py", "```\nreturn dict(row)\n```", (9, 9)),
        ("store.py", "`return dict(row)`", (9, 9)),
        ("store.py", "7: if row is None:\n8:     raise KeyError(key)", (7, 8)),
        ("store.py", " 7 | if row is None:\n 8 | raise KeyError(key)", (7, 8)),
        ("./store.py", "return dict(row)", (9, 9)),
        ("`store.py`", "return dict(row)", (9, 9)),
        (" store.py ", "return dict(row)", (9, 9)),
        ("store.py", "raise KeyError(key)\r\nreturn dict(row)", (8, 9)),
        ("tokens.txt", "stop at <|eot|> and </file> here", (1, 1)),
        ("tokens.txt", "stop at <❘|eot|> and <❘/file> here", (1, 1)),
        ("tokens.txt", "marked <❘❘|eot|> already", (2, 2)),
        ("windows.py", "second = two(first)", (2, 2)),
        ("windows.py", "first = one()\nsecond = two(first)", (1, 2)),
        (" lead.py", "leading_blank = True", (1, 1)),
        ("form\\u000cfeed.py", "beta_value = alpha", (3, 3)),
        ("form\\u000cfeed.py", "gamma_value = 2", (3, 3)),
        ("shell.sh", "files=`ls -la`", (1, 1)),
    ],
)
def test_what_must_match(
    checker: EvidenceChecker, path: str, quote: str, lines: tuple[int, int]
) -> None:
    found = checker.check(path, quote)
    assert found.grade is Grade.VERIFIED
    assert (found.start_line, found.end_line, found.matches) == (*lines, 1)
    assert (found.claimed_path, found.quote) == (path, quote)
    source = checker.source(found.path)
    assert source is not None
    assert source.find(text_at(source.text, found))


@pytest.mark.parametrize(
    "quote",
    [
        "raise KeyError(value)",  # one token changed
        "raise keyerror(key)",  # case changed
        "raiseKeyError(key)",  # words joined
        "raise Key Error(key)",  # words split
        "KeyError raise(key)",  # order changed
        "raise KeyError(key) from None",  # something added
        "raise KeyError[key]",
        "return dict(row);",
        "return dict(...)row",  # the parts do not follow each other so
        "return dict(row) ... import sqlite3",  # parts in the other order
        "8: raise KeyError(value)",
        "limit=100",
        "limit=1",
        "key",
        "return",
        "}",
        "():",
        "",
        "   ",
        "...",
        "…",
        "``````",
        "(k)",
        "x = y",
        "\0",
        "raise\0KeyError(key)",
    ],
)
def test_what_must_not_match(checker: EvidenceChecker, quote: str) -> None:
    found = checker.check("store.py", quote)
    assert found.grade is Grade.MISSING
    assert not found.found
    assert (found.path, found.start_line, found.matches) == ("", 0, 0)


@pytest.mark.parametrize(
    ("path", "quote", "grade", "where", "matches"),
    [
        ("twice.py", "value = compute(1)", Grade.AMBIGUOUS, ("twice.py", 1, 1), 2),
        ("store.py", "second = two(first)", Grade.CORRECTED, ("windows.py", 2, 2), 1),
        ("nowhere.py", "second = two(first)", Grade.CORRECTED, ("windows.py", 2, 2), 1),
        ("", "second = two(first)", Grade.CORRECTED, ("windows.py", 2, 2), 1),
        ("copy_a.py", "shared_line = load(config)", Grade.VERIFIED, ("copy_a.py", 1, 1), 1),
        ("store.py", "shared_line = load(config)", Grade.MISSING, ("", 0, 0), 0),
        ("store.py", "value = compute(1)", Grade.MISSING, ("", 0, 0), 0),
    ],
)
def test_grades(
    checker: EvidenceChecker,
    path: str,
    quote: str,
    grade: Grade,
    where: tuple[str, int, int],
    matches: int,
) -> None:
    found = checker.check(path, quote)
    assert (found.grade, place(found), found.matches) == (grade, where, matches)


def test_columns_count_from_one_and_the_end_is_exclusive(checker: EvidenceChecker) -> None:
    found = checker.check("store.py", "raise KeyError(key)")
    line = STORE.splitlines()[7]
    assert line[found.start_column - 1 : found.end_column - 1] == "raise KeyError(key)"


def test_parts_around_an_elision_must_be_near() -> None:
    near, far = ("begin_here()\n" + "x = 1\n" * gap + "end_there()\n" for gap in (30, 60))
    assert SourceText(near).find("begin_here() ... end_there()")
    assert not SourceText(far).find("begin_here() ... end_there()")


@pytest.mark.parametrize(
    ("quote", "enough"),
    [("x = 1", False), ("return", False), ("os.system", True), ("});", False), ("_ += 1234", True)],
)
def test_says_enough(quote: str, enough: bool) -> None:
    assert says_enough(quote) is enough


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("store.py", True),
        ("find", True),
        ("KeyError", True),
        ("sqlite3", True),
        ("nothing_of_the_kind", False),
        ("Find", False),
        ("stor", False),
    ],
)
def test_contains(checker: EvidenceChecker, name: str, known: bool) -> None:
    assert checker.contains(name) is known


def test_a_definition_is_evidence_at_its_first_line(checker: EvidenceChecker) -> None:
    found = checker.check_symbol("store.py::drop")
    assert (found.grade, place(found)) == (Grade.VERIFIED, ("store.py", 12, 12))
    assert found.quote == "def drop(connection, key):"
    for reference in ("store.py::nothing", "other.py::Drop", "drop", "", "store.py::"):
        assert checker.check_symbol(reference).grade is Grade.MISSING


# --- reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "quote", "reason"),
    [
        ("store.py", "}", "too little"),
        ("store.py", "encrypt(everything)", "not in that file"),
        ("nowhere.py", "encrypt(everything)", "does not exist"),
        ("store.py", "shared_line = load(config)", "copy_a.py, copy_b.py"),
        ("store.py", "value = compute(1)", "twice.py"),
    ],
)
def test_what_is_missing_says_why(
    checker: EvidenceChecker, path: str, quote: str, reason: str
) -> None:
    found = checker.check(path, quote)
    assert found.grade is Grade.MISSING
    assert reason in found.reason
    assert not checker.check("store.py", "return dict(row)").reason


def test_a_reason_names_what_was_looked_up(checker: EvidenceChecker) -> None:
    assert checker.check_symbol("store.py::drop_it").reason.startswith("the definition is not in")
    assert checker.check_line("store.py", 9_999).reason == "that file has no such line"
    assert checker.check_line("nowhere.py", 1).reason == "there is no such file"


DEFINITIONS = {
    "one.py": "def alone():\n    pass\n\n\ndef twice():\n    pass\n\n\ndef twice():\n    pass\n",
    "two.py": "class Two:\n    def shared(self):\n        pass\n\n\ndef both():\n    pass\n",
    "three.py": "def both():\n    pass\n",
}


@pytest.mark.parametrize(
    ("reference", "grade", "where"),
    [
        ("one.py::alone", Grade.VERIFIED, ("one.py", 1)),
        (" ./one.py::alone ", Grade.VERIFIED, ("one.py", 1)),
        ("one.py::twice", Grade.AMBIGUOUS, ("one.py", 5)),
        ("two.py::alone", Grade.CORRECTED, ("one.py", 1)),
        ("gone.py::Two.shared", Grade.CORRECTED, ("two.py", 2)),
        ("one.py::both", Grade.MISSING, ("", 0)),
        ("one.py::Alone", Grade.MISSING, ("", 0)),
        ("one.py::shared", Grade.MISSING, ("", 0)),
    ],
)
def test_definitions_are_graded_as_quotes_are(
    reference: str, grade: Grade, where: tuple[str, int]
) -> None:
    found = checker_of(pack_texts(DEFINITIONS)).check_symbol(reference)
    assert (found.grade, (found.path, found.start_line)) == (grade, where)
    assert found.symbol == reference.strip().partition("::")[2]
    assert bool(found.reason) is (grade is Grade.MISSING)


# --- any text -----------------------------------------------------------------------------------

TOKEN = re.compile(r"\w+|[^\w \t\n\r\f\v]")


def spaced(text: str) -> list[tuple[str, bool]]:
    """Each token, and whether a blank stands in front of it."""
    rows, end = [], 0
    for match in TOKEN.finditer(text):
        rows.append((match.group(), match.start() > end))
        end = match.end()
    return rows


def occurrences(text: list[tuple[str, bool]], wanted: list[tuple[str, bool]]) -> int:
    """By brute force: how often one list stands in another, but for what is in front of it."""
    head, rest = wanted[0][0], wanted[1:]
    return sum(
        token == head and text[index + 1 : index + len(wanted)] == rest
        for index, (token, _) in enumerate(text)
    )


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet="ab(, \n\r\0\x0c\x1cé_1", max_size=40), st.data())
def test_plain_text_is_searched_exactly(text: str, data: st.DataObject) -> None:
    quote = data.draw(st.text(alphabet="ab(, \n\0é_1", max_size=6) | st.sampled_from([text]))
    wanted = spaced(quote)
    spans = SourceText(text).find(quote)
    assert len(spans) == (occurrences(spaced(text), wanted) if wanted else 0)
    for span in spans:
        assert TOKEN.findall(text_at(text, span)) == TOKEN.findall(quote)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="`.…:|0 1\na<❘>eot/file", max_size=30), st.text(max_size=12))
def test_no_quote_or_path_is_too_strange(quote: str, path: str) -> None:
    checker = strange_checker()
    found = checker.check(path, quote)
    if found.found:
        source = checker.source(found.path)
        assert source is not None
        assert found.end_line <= source.line_count


@functools.cache
def strange_checker() -> EvidenceChecker:
    return checker_of(pack_texts({"a": "a: a | <|eot|> `a` ... </file>\n0: a", "b": ""}))
