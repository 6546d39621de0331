"""The digest of a place: the same in every layout, another for other code."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.places import digest_of, places_of

PIECES = ("db", ".", "execute", "(", "'SELECT * FROM t WHERE n = '", "+", "name", ",", "x", ")")
FIRST = 4
"""The first argument: a query that asks for it finds none where a comment stands before it."""
BLANKS = st.text(alphabet=" \t\n", max_size=6)
COMMENTS = st.sampled_from(["", "# a note\n", '  # it\'s (no) code, "really"\n'])


@settings(deadline=None)
@given(st.lists(st.tuples(BLANKS, COMMENTS), min_size=len(PIECES), max_size=len(PIECES)))
def test_white_space_and_comments_do_not_count(gaps: list[tuple[str, str]]) -> None:
    laid_out = "".join(
        piece + (blank if number >= FIRST - 1 else "") + (comment if number >= FIRST else "")
        for number, (piece, (blank, comment)) in enumerate(zip(PIECES, gaps, strict=True))
    )
    assert digest_of("sql", "a.py", f"{laid_out}\n") == digest_of("sql", "a.py", "".join(PIECES))


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 4))
def test_where_the_code_stands_does_not_count(lines: int, depth: int) -> None:
    wrapped = "".join(f"{'  ' * level}if True:\n" for level in range(depth))
    moved = f"{'#' * 9}\n" * lines + wrapped + "  " * depth + "os.system(command)\n"
    assert digest_of("command", "a.py", moved) == digest_of("command", "a.py", "os.system(command)")


def test_what_formatters_set_and_drop_does_not_count() -> None:
    plain = "db.execute('SELECT * FROM ' + name, (1, 2))"
    for other in (
        'db.execute("SELECT * FROM " + name, (1, 2))',
        "db.execute(\n    'SELECT * FROM '\n    + name,\n    (1, 2),\n)",
        "db.execute('SELECT * FROM ' + (name), (1, 2,))",
        "db.execute('SELECT * FROM ' \\\n + name, (1, 2))",
    ):
        assert digest_of("sql", "a.py", other) == digest_of("sql", "a.py", plain), other
    spaced = "el.innerHTML = '<b>' + name;"
    for other in ('el.innerHTML="<b>"+name', 'el.innerHTML =\n  "<b>" +\n  name;'):
        assert digest_of("html", "a.js", other) == digest_of("html", "a.js", spaced), other


def test_other_code_has_another_digest() -> None:
    codes = [
        "db.execute('SELECT * FROM ' + name)",
        "db.execute('SELECT * FROM ' + names)",
        "db.execute('SELECT a FROM ' + name)",
        "db.execute('SELECT * FROM ' - name)",
        "db.execute('SELECT * FROM ' + name[0])",
        "cursor.execute('SELECT * FROM ' + name)",
    ]
    assert len({digest_of("sql", "a.py", code) for code in codes}) == len(codes)


@pytest.mark.parametrize(
    ("category", "path", "code", "other"),
    [
        ("command", "a.py", "os.system('cmd' + x)", "os.system(cmd + x)"),
        ("code", "a.py", "eval(a - (b - c))", "eval(a - b - c)"),
        ("code", "a.py", "eval((a, b), c)", "eval(a, (b, c))"),
        ("code", "a.py", "eval((a or b).c)", "eval(a or (b).c)"),
        ("code", "a.py", "eval(a)", "eval(a); eval(evil)"),
        ("code", "a.py", "eval(f(a), b)", "eval(f(a, b))"),
        ("code", "a.py", "eval(x['a'])", "eval(x[a])"),
        ("code", "a.py", "eval('\\d' + x)", "eval('d' + x)"),
        ("code", "a.js", "eval(a - (b - c))", "eval(a - b - c)"),
        ("code", "a.js", "eval({ a: b, c })", "eval({ a: 'b', c })"),
        ("code", "a.js", "eval((a, b))", "eval(a, b)"),
        ("code", "a.py", "eval({'a': b})", "eval({a: b})"),
    ],
)
def test_code_of_another_meaning_has_another_digest(
    category: str, path: str, code: str, other: str
) -> None:
    assert digest_of(category, path, code) != digest_of(category, path, other)


@pytest.mark.parametrize(
    ("code", "formatted"),
    [
        ("eval(x=>x, y,)", "eval((x) => x, y)"),
        ("eval({'a': b, \"c\": 'd'})", "eval({\n  a: b,\n  c: 'd',\n})"),
        ("eval(a - (b * c))", "eval(a - (b * c),)"),
        ("eval((a))", "eval(a)"),
        ("eval((a.b(c)) + ((d)))", "eval(a.b(c) + d)"),
        ("eval(() => (a + b))", "eval(() => a + b)"),
        ("eval('it\\'s ' + a)", 'eval("it\'s " + a)'),
    ],
)
def test_what_prettier_sets_and_drops_does_not_count(code: str, formatted: str) -> None:
    assert digest_of("code", "a.js", code) == digest_of("code", "a.js", formatted)


def test_a_formatter_keeps_every_digest() -> None:
    long = "some_rather_long_name_of_a_value"
    codes = [
        "eval( 'it\\'s' + x  )",
        f"eval(f({long}, {long}, {long}))",
        f"eval({long} + {long} - ({long} - {long}))",
        f"eval([{long}, '{long}', {long}, ({long},),])",
        f"eval({{'{long}': {long}, '{long}2': lambda x: ({long} if x else {long})}})",
        f"found = eval({long})[{long}].method_of_it({long}).other_method({long})  # a note",
        "eval(a if (b) else -(c ** (d)))",
        "eval(not (a and (b or c)))",
    ]
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    text = "\n".join(codes) + "\n"
    formatted = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True
    ).stdout
    assert formatted != text
    before, after = (
        [place.digest for place in places_of("a.py", layout) if place.category == "code"]
        for layout in (text, formatted)
    )
    assert len(before) == len(codes)
    assert after == before


def test_the_number_of_a_masking_label_does_not_count() -> None:
    first, second, other = (
        digest_of("secret", "a.py", f'password = "{label}"')
        for label in ("MASKED_PASSWORD_1", "MASKED_PASSWORD_12", "MASKED_TOKEN_1")
    )
    assert first == second != other


def test_white_space_does_not_decide_where_a_long_construct_ends() -> None:
    parts = [f"a{number}" for number in range(3_000)]
    narrow, wide = ("eval(" + joint.join(parts) + ")" for joint in ("+", "  +\n    "))
    assert digest_of("code", "a.py", narrow) == digest_of("code", "a.py", wide)
