"""What counts as the same code and what as other code, by the rules of each language."""

from __future__ import annotations

import time

import pytest
from support.packing import pack_texts

from scout_codebase.languages.lexing import Kind, lex
from scout_codebase.languages.lexis import LEXES
from scout_codebase.languages.table import BY_NAME
from scout_codebase.records import Grade
from scout_codebase.reports.evidence import EvidenceChecker

RULES = '''\
def check(user, a, b):  # who may
    """Says who may do it,

    and who may not.
    """
    if user != a and user.name == "two  words # no comment":
        allow(user)
    refuse(user)
    left = a - -b  # twice
    # eval(user)
    message = f"{a['# x']} of {b}"
    again = (
        left,  # first
        message,
    )
    return
    check(user, *again)
'''
SCRIPT = """\
const address = "http://host//path"; // where it is
const total = items.map((item) => item.price /* each */ * item.count);
const shown = `a ${total > 0 ? `b // c` : ""} d`;
const found = /["//]+/.test(shown);
call(...parts);
"""
C_SOURCE = """\
#include <sys/types.h>
#define SQUARE(x) ((x) * (x))
std::vector<std::vector<int> > rows; /* of
   numbers */
int difference = a - -b;
"""
SHELL = """\
name=value
list ${name#v} # all of it
grep -r 'a  b' .
cat <<END
# not a comment
END
"""
TEXTS = {
    "rules.py": RULES,
    "rules.ts": SCRIPT,
    "rules.c": C_SOURCE,
    "rules.sh": SHELL,
    "rules.yaml": "limits:\n  first: 10 # a note\n  second: 'a  b'\nlast: true\n",
}


@pytest.fixture(scope="module")
def checker() -> EvidenceChecker:
    packed = pack_texts(TEXTS)
    return EvidenceChecker(packed.pack, packed.graph.analyses)


SAME_CODE = [
    ("rules.py", "def check(user, a, b):", (1, 1)),
    ("rules.py", "def check(user, a, b):  # another remark", (1, 1)),
    ("rules.py", "def check( user,a,\n  b ) :", (1, 1)),
    ("rules.py", "Says who may do it, and who may not.", (2, 4)),
    ("rules.py", 'if user!=a and user.name=="two  words # no comment":', (6, 6)),
    ("rules.py", 'user.name ==\n "two  words # no comment": allow(user)', (6, 7)),
    ("rules.py", "        allow(user)\n    refuse(user)", (7, 8)),
    ("rules.py", "allow(user)\nrefuse(user)", (7, 8)),
    ("rules.py", "\tallow(user)\nrefuse(user)", (7, 8)),
    ("rules.py", "left=a - -b", (9, 9)),
    ("rules.py", "left = a - -b # twice", (9, 9)),
    ("rules.py", "# eval(user)", (10, 10)),
    ("rules.py", "left = a - -b\nmessage = f\"{a['# x']} of {b}\"", (9, 11)),
    ("rules.py", "again = (left, message,)", (12, 15)),
    ("rules.py", "again = (\n    left,\n    message,\n)", (12, 15)),
    ("rules.py", "again = (\n    # both\n    left,\n    message,\n)", (12, 15)),
    ("rules.py", "again = (\n    # ... all of them ...\n)", (12, 15)),
    ("rules.ts", 'const address = "http://host//path";', (1, 1)),
    ("rules.ts", "items.map((item) => item.price * item.count)", (2, 2)),
    ("rules.ts", "items.map((item)=>item.price*item.count)", (2, 2)),
    ("rules.ts", '/* why */ const found = /["//]+/.test(shown);', (4, 4)),
    ("rules.ts", "call(...parts)", (5, 5)),
    ("rules.c", "#define SQUARE(x) ((x) * (x))", (2, 2)),
    ("rules.c", "#include<sys/types.h>", (1, 1)),
    ("rules.c", "std::vector<std::vector<int> > rows;\nint difference = a - -b;", (3, 5)),
    ("rules.sh", "list ${name#v} # some of it", (2, 2)),
    ("rules.sh", "grep -r 'a  b' .", (3, 3)),
    ("rules.yaml", "limits:\n    first: 10\n    second: 'a  b'\nlast: true", (1, 4)),
]
OTHER_CODE = [
    ("rules.py", "def check(user, a, b): allow"),
    ("rules.py", "twice eval(user)"),
    ("rules.py", "eval(user)"),  # commented out
    ("rules.py", "left = a - -b  # twice eval(user)\nreturn 1"),
    ("rules.py", "if user ! = a and user.name"),
    ("rules.py", 'user.name == "two words # no comment"'),
    ("rules.py", 'user.name == "two  words"'),
    ("rules.py", "left = a--b"),
    ("rules.py", "left = a - -B"),
    ("rules.py", "if user != a:\n    allow(user)\n    refuse(user)"),
    ("rules.py", "        allow(user)\n        refuse(user)"),
    ("rules.py", "    return check(user, *again)"),
    ("rules.py", "message = \"{a['# x']} of {b}\""),  # no f-string
    ("rules.py", "\"{a['# x']} of {b}\""),
    ("rules.py", "r\u0435fuse(user)"),  # a Cyrillic letter
    ("rules.py", "ref\u200buse(user)"),
    ("rules.py", "refuse\u00a0(user)"),
    ("rules.ts", 'const address = "http:"; // where it is'),
    ("rules.ts", "items.map((item) = > item.price * item.count)"),
    ("rules.ts", "items.map((item) => item.price /* each * item.count);"),
    ("rules.ts", 'const shown = `a ${total > 0 ? `b  // c` : ""} d`'),
    ("rules.ts", "const shown = `a ${total > 0 ? `b // d"),
    ("rules.py", '""Says who may do it,'),
    ("rules.ts", "call(parts)"),
    ("rules.ts", "const total = items // .map((item) => item.price)"),
    ("rules.ts", "call(others, ...parts)"),
    ("rules.c", "#define SQUARE (x) ((x) * (x))"),
    ("rules.c", "std::vector<std::vector<int>> rows;"),
    ("rules.c", "int difference = a--b;"),
    ("rules.c", "#include <sys / types.h>"),
    ("rules.c", "#define SQUARE(x) ((x) * (x)) std::vector"),
    ("rules.sh", "name = value"),
    ("rules.sh", "list ${name #v}"),
    ("rules.sh", "grep -r 'a b' ."),
    ("rules.sh", "list ${name#v} grep -r"),
    ("rules.sh", "cat <<END\nEND"),
    ("rules.yaml", "limits:\n  first: 10\nsecond: 'a  b'"),
    ("rules.yaml", "first:10"),
]


@pytest.mark.parametrize(("path", "quote", "lines"), SAME_CODE)
def test_white_space_and_comments_may_differ(
    checker: EvidenceChecker, path: str, quote: str, lines: tuple[int, int]
) -> None:
    found = checker.check(path, quote)
    place = (found.path, found.start_line, found.end_line)
    assert (found.grade, place) == (Grade.VERIFIED, (path, *lines))


@pytest.mark.parametrize(("path", "quote"), OTHER_CODE)
def test_no_other_code_is_found(checker: EvidenceChecker, path: str, quote: str) -> None:
    assert checker.check(path, quote).grade is Grade.MISSING


def test_code_and_comments_are_told_apart(checker: EvidenceChecker) -> None:
    assert checker.check("rules.py", "# eval(user)").comment
    assert checker.check("rules.py", "Says who may do it,").comment
    assert not checker.check("rules.py", "def check(user, a, b):  # who may").comment
    assert checker.check("rules.c", "/* of\n numbers */").comment


def test_every_language_has_rules_or_is_plain_text() -> None:
    plain = {"markdown", "rst", "text"}
    assert set(LEXES) == set(BY_NAME)
    assert {name for name, lexis in LEXES.items() if lexis == LEXES["text"]} == plain


PAGE = """\
<h1>Q&A # Don't</h1>
<?php // a note ?><p>said</p><?php
$total = $price * 2; # twice ?>
<p>it's <?= $total ?></p>
"""
COMMENTED_OUT = {
    "a.rb": "=begin\neval(params)\n=end\nkeep(a)\nx = b\n=begin\nuse(it)\n",
    "a.lua": "--[[\neval(params)\n]]\nkeep(a)\n--[==[ ]] use(it) ]==]\n",
    "a.pl": "=pod\n\neval(params)\n\n=cut\n\nkeep(a)\n\n=head1 A\n\nuse(it)\n",
}


@pytest.mark.parametrize("path", COMMENTED_OUT)
def test_code_that_is_commented_out_by_the_block_is_no_code(path: str) -> None:
    packed = pack_texts(COMMENTED_OUT)
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    for code, comment in (("eval(params)", True), ("keep(a)", False), ("use(it)", True)):
        found = checker.check(path, code)
        assert (found.grade, found.comment) in (
            [(Grade.VERIFIED, True), (Grade.MISSING, False)]
            if comment
            else [(Grade.VERIFIED, False)]
        ), code


def test_what_a_php_page_sends_as_it_is_is_no_code() -> None:
    language, lexed = LEXES["php"], lex(PAGE, LEXES["php"], whole=True)
    kinds = {
        text: lexed.kinds[PAGE.index(text)]
        for text in (
            "Q&A",
            "Don't",
            "// a note",
            "<p>said",
            "$total =",
            "# twice",
            "it's",
            "$total ?",
        )
    }
    sent = {text for text, kind in kinds.items() if kind == Kind.STRING}
    assert sent == {"Q&A", "Don't", "<p>said", "it's"}
    assert [PAGE[start:end].strip() for start, end in lexed.comments] == ["// a note", "# twice"]
    assert kinds["$total ="] == kinds["$total ?"] == Kind.CODE
    assert lex("$a # $b", language).kinds[0] == Kind.CODE


UNITS = [
    "=begin\n",
    "\n=begin\n=end",
    "/**/",
    "''' ",
    '"',
    "'",
    "`",
    "/*",
    "{-",
    "(",
    "(]",
    'r#"',
    "<<A\n",
    "${",
    "'''",
    "(/[",
    '"#{',
    "\\",
]


@pytest.mark.parametrize("language", ["csharp", "javascript", "python", "ruby", "rust", "shell"])
@pytest.mark.parametrize("unit", UNITS)
def test_lexing_takes_time_that_grows_with_the_text(language: str, unit: str) -> None:
    """Eight times the text takes about eight times as long, in one of three attempts."""

    def seconds(count: int) -> float:
        start = time.process_time()
        assert len(lex(unit * count, LEXES[language]).kinds) == len(unit) * count
        return time.process_time() - start

    ratios = (seconds(80_000) / seconds(10_000) for _ in range(3))
    assert any(ratio < 12 for ratio in ratios)


@pytest.mark.parametrize("language", ["julia", "rust"])
def test_many_comments_that_may_nest_take_time_that_grows_with_the_text(language: str) -> None:
    ((opening, closing),) = LEXES[language].block_comments

    def seconds(count: int) -> float:
        start = time.process_time()
        assert len(lex(f"{opening} {closing}" * count, LEXES[language]).comments) == count
        return time.process_time() - start

    assert seconds(160_000) < 32 * seconds(10_000) + 0.1
