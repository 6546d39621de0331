"""A quote is found where its code stands, whatever its white space, and nowhere else."""

from __future__ import annotations

import functools
import random
import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import Packed, pack_texts

from scout_codebase.records import Evidence, Grade
from scout_codebase.reports.evidence import EvidenceChecker, SourceText, Span, says_enough

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
    assert source.find(span_text(source.text, span_of(found)))


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
    for reference in ("store.py::nothing", "other.py::drop", "drop", "", "store.py::"):
        assert checker.check_symbol(reference).grade is Grade.MISSING


# --- laws ---------------------------------------------------------------------------------------

TOKEN = re.compile(r"\w+|[^\w\s]")


def span_of(evidence: Evidence) -> Span:
    return Span(evidence.start_line, evidence.end_line, evidence.start_column, evidence.end_column)


def span_text(text: str, span: Span) -> str:
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    begin = starts[span.start_line - 1] + span.start_column - 1
    return text[begin : starts[span.end_line - 1] + span.end_column - 1]


def occurrences(tokens: list[str], wanted: list[str]) -> int:
    """By brute force: how often one list stands in another."""
    starts = (i for i, token in enumerate(tokens) if token == wanted[0])
    return sum(tokens[i : i + len(wanted)] == wanted for i in starts)


LIBRARY = Path(sysconfig.get_paths()["stdlib"])
REAL = ("argparse.py", "sched.py", "shlex.py", "json/decoder.py", "sre_compile.py")


@functools.cache
def real_source(name: str) -> SourceText:
    return SourceText((LIBRARY / name).read_text(encoding="utf-8"))


@functools.cache
def real_tokens(name: str) -> list[str]:
    return TOKEN.findall(real_source(name).text)


def real_slice(name: str, rng: random.Random) -> str:
    lines = real_source(name).text.split("\n")
    start = rng.randrange(len(lines))
    return "\n".join(lines[start : start + rng.randint(1, 4)])


def mangled(quote: str, rng: random.Random) -> str:
    """Other white space between the tokens, some where there was none, none where it is not
    needed."""
    out: list[str] = []
    end = 0
    for match in TOKEN.finditer(quote):
        gap = quote[end : match.start()]
        blanks = rng.choice([" ", "\n", "\t\t", "\r\n    ", "   "])
        joins_words = out and out[-1][-1:].isidentifier() and match.group()[:1].isidentifier()
        out.append(blanks if gap else rng.choice(["", "", blanks] if not joins_words else [""]))
        out.append(match.group())
        end = match.end()
    return "".join(out)


seeds = st.integers(0, 2**32)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(REAL), seeds)
def test_mangled_white_space_is_found_at_its_own_code(name: str, seed: int) -> None:
    rng = random.Random(seed)
    quote = real_slice(name, rng)
    wanted = TOKEN.findall(quote)
    if not wanted or "..." in quote:
        return
    source = real_source(name)
    spans = source.find(mangled(quote, rng), limit=10_000)
    assert len(spans) == occurrences(real_tokens(name), wanted) >= 1
    for span in spans:
        assert TOKEN.findall(span_text(source.text, span)) == wanted


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(REAL), seeds)
def test_one_changed_token_is_found_only_where_it_stands(name: str, seed: int) -> None:
    rng = random.Random(seed)
    wanted = TOKEN.findall(real_slice(name, rng))
    if not wanted:
        return
    place = rng.randrange(len(wanted))
    wanted[place] = rng.choice(
        [wanted[place].swapcase(), wanted[place] + "s", rng.choice(real_tokens(name)), "é", "("]
    )
    mutant = " ".join(wanted)
    if "..." in mutant:
        return
    wanted = TOKEN.findall(mutant)
    source = real_source(name)
    spans = source.find(mutant, limit=10_000)
    assert len(spans) == occurrences(real_tokens(name), wanted)
    for span in spans:
        assert TOKEN.findall(span_text(source.text, span)) == wanted


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet="ab(, \n\r\0\x0c\x1cé_1", max_size=40), st.data())
def test_any_text_is_searched_exactly(text: str, data: st.DataObject) -> None:
    quote = data.draw(st.text(alphabet="ab(, \n\0é_1", max_size=6) | st.sampled_from([text]))
    wanted = TOKEN.findall(quote)
    source = SourceText(text)
    spans = source.find(quote)
    assert len(spans) == (occurrences(TOKEN.findall(text), wanted) if wanted else 0)
    for span in spans:
        assert TOKEN.findall(span_text(text, span)) == wanted


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
