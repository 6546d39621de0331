"""What of a language decides whether two stretches of text are the same code: its comments and
strings, and where white space counts. A row a language; a language without one is plain text.

The rules are those of the language where they are simple, and stricter where they are not: a
comment that is taken for code costs a look-up, code that is taken for a comment costs the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Newline(Enum):
    """What a newline between two tokens is. ``BLANK``: a blank. ``JOINT``: the end of a statement
    where what follows could be read on with it (``return`` and a value, a name and ``(``).
    ``END``: the end of a statement wherever one can end."""

    BLANK = "blank"
    JOINT = "joint"
    END = "end"


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A string that holds code, which may hold strings again. ``opening`` is a pattern;
    ``quote`` closes it; ``holes`` are pairs of what opens a stretch of code and what closes it."""

    opening: str
    quote: str
    holes: tuple[tuple[str, str], ...]
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Lexis:
    """``line_comments`` and ``strings`` are patterns, ``block_comments`` pairs of marks, nested
    where ``nests``, ``long_comments`` pairs of patterns, which never nest. ``line_end`` is the
    pattern of what ends a line comment before its line ends; ``lead`` that of what stands in a file
    in front of its code, and is a string. ``spaced``: a blank counts wherever it stands between two
    tokens. ``indented``: how lines are indented against each other counts. Within one of
    ``brackets`` a newline is a blank. ``operators``: any run of operator characters is one
    operator, as where programs define their own. ``regexes``: ``/…/`` where a value may stand.
    ``here`` is the pattern of a here-document's mark, whose group ``word`` ends it. ``documented``:
    a long string that is a statement by itself is prose. ``directives``: a line that begins with
    ``#`` ends at its newline, and is spaced where it defines a macro."""

    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    nests: bool = False
    long_comments: tuple[tuple[str, str], ...] = ()
    line_end: str = ""
    lead: str = ""
    strings: tuple[str, ...] = ()
    interpolated: tuple[Interpolated, ...] = ()
    word: str = r"[\w$]+"
    newline: Newline = Newline.BLANK
    spaced: bool = False
    indented: bool = False
    brackets: str = "(["
    operators: bool = False
    regexes: bool = False
    here: str = ""
    documented: bool = False
    directives: bool = False

    @property
    def free_closers(self) -> str:
        """What closes the ``brackets``."""
        return self.brackets.translate(str.maketrans("([{", ")]}"))

    @property
    def has_comments(self) -> bool:
        return bool(self.line_comments or self.block_comments or self.long_comments)

    @property
    def marks(self) -> tuple[str, ...]:
        """What opens a block comment."""
        return tuple(opening for opening, _ in self.block_comments)


# An unterminated string ends with its line, what may hold lines with the file: as compilers have
# it, and so that no text is searched twice.
_DOUBLE = r'"(?:\\(?s:.)|[^"\\\n])*(?:"|$)'
_SINGLE = r"'(?:\\(?s:.)|[^'\\\n])*(?:'|$)"
_DOUBLE_LINES = r'"(?:\\(?s:.)|[^"\\])*(?:"|\Z)'
_SINGLE_LINES = r"'(?:\\(?s:.)|[^'\\])*(?:'|\Z)"
_RAW_SINGLE_LINES = r"'[^']*(?:'|\Z)"
_BACK_QUOTE_LINES = r"`[^`]*(?:`|\Z)"
_CHARACTER = r"'(?:\\[^\n]{1,10}?|[^'\\\n])'"
_TRIPLE = r'"""(?:\\(?s:.)|[^\\])*?(?:"""|\Z)'
_RAW_TRIPLE = r'"""(?s:.)*?(?:"""+|\Z)'
_TRIPLE_SINGLE = r"'''(?:\\(?s:.)|[^\\])*?(?:'''|\Z)"
_PYTHON = (
    rf"(?i:[rbuft]{{0,2}})(?:{_TRIPLE}|{_TRIPLE_SINGLE})",
    rf"(?i:[rbu]{{0,2}})(?:{_DOUBLE}|{_SINGLE})",
)
_PYTHON_F = r"(?i:[ft]r?|r[ft])"
_PERCENT_RUBY = (
    r"%[qQwWiIrsx](?:\[[^\]]*(?:\]|\Z)|\([^)]*(?:\)|\Z)|\{[^}]*(?:\}|\Z)|<[^>]*(?:>|\Z)|"
    r"\|[^|]*(?:\||\Z)|![^!]*(?:!|\Z))"
)
_SIGIL_ELIXIR = (
    rf"~[a-zA-Z]+(?:{_RAW_TRIPLE}|\([^)]*(?:\)|\Z)|\[[^\]]*(?:\]|\Z)|\{{[^}}]*(?:\}}|\Z)|"
    rf"<[^>]*(?:>|\Z)|/[^/]*(?:/|\Z)|\|[^|]*(?:\||\Z)|{_DOUBLE_LINES}|{_SINGLE_LINES})"
)
_HASH = (r"#",)
_HASH_AT_WORD = (r"(?<![^\s;|&(){}])#",)
_HASH_AT_BLANK = (r"(?<!\S)#",)
_HASH_AT_LINE = (r"(?:(?<=\n)|(?<![\s\S]))[ \t]*#",)
_SLASHES = (r"//",)
_STARS = (("/*", "*/"),)
_TAGS = (("<!--", "-->"),)
_DOLLAR_BRACE = (("${", "}"),)

PLAIN = Lexis(spaced=True, word=r"\w+")
"""Prose: no comments, no strings; which words and signs stand together counts."""

_HEADER = "|".join(
    rf"(?<={word})<[^>\n]*>" for word in ("include", "include ", "import", "import ", "_next ")
)
_C = Lexis(_SLASHES, _STARS, strings=(_HEADER, rf"(?:u8|[uUL])?(?:{_DOUBLE}|{_CHARACTER})"))
_SCRIPT = Lexis(
    _SLASHES,
    _STARS,
    strings=(_DOUBLE, _SINGLE),
    interpolated=(Interpolated("`", "`", _DOLLAR_BRACE, lines=True),),
    newline=Newline.JOINT,
    regexes=True,
)
_MARKUP = Lexis(block_comments=_TAGS, strings=(_DOUBLE, _SINGLE), word=r"[\w-]+", spaced=True)
_PYTHON_LEXIS = Lexis(
    _HASH,
    strings=_PYTHON,
    interpolated=(
        Interpolated(_PYTHON_F + '"', '"', (("{", "}"),)),
        Interpolated(_PYTHON_F + "'", "'", (("{", "}"),)),
    ),
    word=r"\w+",
    newline=Newline.JOINT,
    indented=True,
    brackets="([{",
    documented=True,
)
_KEYS = Lexis(
    _HASH_AT_LINE, strings=(), word=r"[\w-]+", newline=Newline.END, spaced=True, brackets=""
)
_JVM = replace(_C, strings=(_TRIPLE, _DOUBLE, _CHARACTER))

LEXES: Mapping[str, Lexis] = {
    "c": replace(_C, directives=True),
    "objectivec": replace(
        _C, strings=(_HEADER, rf"(?:@|u8|[uUL])?{_DOUBLE}", _CHARACTER), directives=True
    ),
    "cpp": replace(
        _C,
        strings=(
            r'(?:u8|[uUL])?R"(?P<raw>[^\s()\\"]{0,16})\((?s:.)*?(?:\)(?P=raw)"|\Z)',
            *_C.strings,
        ),
        directives=True,
    ),
    "csharp": replace(
        _C,
        strings=(
            r'(?:\$@|@\$|@)"(?:""|[^"])*(?:"(?!")|\Z)',
            r'\$*(?P<raw>"""+)(?s:.)*?(?:(?P=raw)|\Z)',
            _DOUBLE,
            _CHARACTER,
        ),
        interpolated=(Interpolated(r'\$"', '"', (("{", "}"),)),),
        directives=True,
    ),
    "java": _JVM,
    "go": replace(_C, strings=(_BACK_QUOTE_LINES, _DOUBLE, _CHARACTER), newline=Newline.JOINT),
    "rust": replace(
        _C,
        strings=(
            r'(?:[bc]?r)(?P<raw>#*)"(?s:.)*?(?:"(?P=raw)|\Z)',
            rf"[bc]?{_DOUBLE_LINES}",
            rf"b?{_CHARACTER}",
        ),
        word=r"'?[\w]+",
        nests=True,
    ),
    "kotlin": replace(
        _JVM,
        strings=(_RAW_TRIPLE, _CHARACTER),
        interpolated=(Interpolated('"', '"', _DOLLAR_BRACE),),
        newline=Newline.END,
        nests=True,
    ),
    "scala": replace(
        _JVM,
        strings=(_RAW_TRIPLE, rf"\w*{_DOUBLE}", _CHARACTER),
        newline=Newline.END,
        nests=True,
        operators=True,
        spaced=True,
        indented=True,
    ),
    "swift": replace(
        _C,
        strings=(
            r'(?P<raw>#+)"(?:""(?s:.)*?""|[^\n])*?(?:"(?P=raw)|$)',
            _TRIPLE,
        ),
        interpolated=(Interpolated('"', '"', (("\\(", ")"),)),),
        newline=Newline.JOINT,
        nests=True,
        operators=True,
        spaced=True,
    ),
    "zig": Lexis(_SLASHES, strings=(r"\\\\[^\n]*", _DOUBLE, _CHARACTER)),
    "dart": replace(
        _SCRIPT,
        strings=(r"r?(?:'''(?s:.)*?(?:'''|\Z)|" + _RAW_TRIPLE + ")", rf"r?(?:{_DOUBLE}|{_SINGLE})"),
        interpolated=(),
        regexes=False,
        newline=Newline.BLANK,
    ),
    "php": Lexis(
        (r"//", r"#(?!\[)"),
        _STARS,
        line_end=r"\?>",
        lead=r"(?:[^<]|<(?!\?))+",
        strings=(
            r"\?>(?s:.)*?(?:<\?(?:php|=)?|\Z)",  # what is sent as it is
            *(_DOUBLE_LINES, _SINGLE_LINES, _BACK_QUOTE_LINES),
        ),
        here=r"<<<[ \t]*[\"']?(?P<word>\w+)[\"']?",
    ),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "vue": replace(_MARKUP, line_comments=(), interpolated=_SCRIPT.interpolated),
    "svelte": replace(_MARKUP, interpolated=_SCRIPT.interpolated),
    "html": _MARKUP,
    "xml": _MARKUP,
    "jinja": replace(_MARKUP, block_comments=(("{#", "#}"),)),
    "css": Lexis(
        block_comments=_STARS, strings=(_DOUBLE, _SINGLE), word=r"[\w-]+", spaced=True, brackets=""
    ),
    "python": _PYTHON_LEXIS,
    "notebook": _PYTHON_LEXIS,
    "ruby": Lexis(
        _HASH_AT_WORD,
        long_comments=((r"^=begin(?=\s)", r"^=end\b[^\n]*"),),
        strings=(_PERCENT_RUBY, _SINGLE_LINES),
        interpolated=(
            Interpolated('"', '"', (("#{", "}"),), lines=True),
            Interpolated("`", "`", (("#{", "}"),), lines=True),
        ),
        word=r"[@$]{0,2}\w+[!?]?",
        newline=Newline.END,
        spaced=True,
        regexes=True,
        here=r"<<[-~]?[\"'`]?(?P<word>[A-Za-z_]\w*)[\"'`]?",
    ),
    "elixir": Lexis(
        _HASH,
        strings=(_SIGIL_ELIXIR, _RAW_TRIPLE, r"\?\\?[^\s\\]", _SINGLE_LINES),
        interpolated=(Interpolated('"', '"', (("#{", "}"),), lines=True),),
        word=r"@?\w+[!?]?",
        newline=Newline.END,
        spaced=True,
        operators=True,
    ),
    "julia": Lexis(
        _HASH,
        (("#=", "=#"),),
        nests=True,
        strings=(rf"\w*{_RAW_TRIPLE}", _CHARACTER),
        interpolated=(Interpolated(r'\w*"', '"', (("$(", ")"),), lines=True),),
        word=r"@?\w+!?",
        newline=Newline.END,
        spaced=True,
        operators=True,
    ),
    "haskell": Lexis(
        (r"--+(?![!#$%&*+./<=>?@\\^|~:])",),
        (("{-", "-}"),),
        nests=True,
        strings=(r"\{-#(?s:.)*?(?:#-\}|\Z)", _DOUBLE_LINES, _CHARACTER),
        word=r"[\w']+",
        newline=Newline.END,
        spaced=True,
        indented=True,
        operators=True,
        brackets="",
    ),
    "lua": Lexis(
        (r"--(?!\[=*\[)",),
        long_comments=((r"--\[(?P<level>=*)\[", r"\](?P=level)\]"),),
        strings=(r"\[(?P<raw>=*)\[(?s:.)*?(?:\](?P=raw)\]|\Z)", _DOUBLE, _SINGLE),
        newline=Newline.JOINT,
    ),
    "shell": Lexis(
        _HASH_AT_WORD,
        strings=(r"\$" + _SINGLE_LINES, _RAW_SINGLE_LINES, r"\\(?s:.)"),
        interpolated=(
            Interpolated('"', '"', (("$(", ")"), ("${", "}")), lines=True),
            Interpolated(r"\$\{", "}", (("$(", ")"), ("${", "}")), lines=True),
        ),
        word=r"[\w-]+",
        newline=Newline.END,
        spaced=True,
        brackets="",
        here=r"<<-?[ \t]*\\?[\"']?(?P<word>\w+)[\"']?",
    ),
    "r": Lexis(_HASH, strings=(_DOUBLE_LINES, _SINGLE_LINES), newline=Newline.END, spaced=True),
    "powershell": Lexis(
        _HASH_AT_WORD,
        (("<#", "#>"),),
        strings=(_RAW_SINGLE_LINES, r'"(?:`(?s:.)|""|[^"`])*(?:"|\Z)'),
        word=r"[$\w-]+",
        newline=Newline.END,
        spaced=True,
        brackets="",
    ),
    "hcl": Lexis(
        (*_HASH, *_SLASHES),
        _STARS,
        interpolated=(Interpolated('"', '"', (("${", "}"), ("%{", "}"))),),
        word=r"[\w-]+",
        newline=Newline.END,
        here=r"<<-?(?P<word>\w+)",
    ),
    "sql": Lexis(
        (r"--",), _STARS, strings=(r"'(?:''|[^'])*(?:'(?!')|\Z)", r'"[^"\n]*(?:"|$)'), word=r"\w+"
    ),
    "proto": Lexis(_SLASHES, _STARS, strings=(_DOUBLE, _SINGLE)),
    "graphql": Lexis(_HASH, strings=(_RAW_TRIPLE, _DOUBLE)),
    "json": Lexis(_SLASHES, _STARS, strings=(_DOUBLE,)),
    "toml": Lexis(
        _HASH,
        strings=(_TRIPLE, r"'''(?s:.)*?(?:'''|\Z)", _DOUBLE, r"'[^'\n]*(?:'|$)"),
        word=r"[\w-]+",
        newline=Newline.END,
        spaced=True,
    ),
    "yaml": replace(
        _KEYS, line_comments=_HASH_AT_BLANK, strings=(_DOUBLE, r"'[^'\n]*(?:'|$)"), indented=True
    ),
    "make": replace(_KEYS, indented=True),
    "cmake": replace(_KEYS, line_comments=_HASH, strings=(_DOUBLE_LINES,), brackets="("),
    "dockerfile": _KEYS,
    "gomod": replace(_KEYS, line_comments=_SLASHES),
    "ini": replace(_KEYS, line_comments=(r"(?:(?<=\n)|(?<![\s\S]))[ \t]*[;#]",)),
    "batch": replace(_KEYS, line_comments=(r"(?i:(?:(?<=\n)|(?<![\s\S]))[ \t]*(?:rem\b|::))",)),
    "perl": replace(
        _KEYS,
        long_comments=((r"^=(?!cut\b)[a-zA-Z]", r"^=cut\b[^\n]*"),),
        word=r"[$@%&]?\w+",
    ),
    "csv": replace(_KEYS, line_comments=(), word=r"\w+"),
    "markdown": PLAIN,
    "rst": PLAIN,
    "text": PLAIN,
}


def lexis_of(language: str) -> Lexis:
    """``language`` is the name of a row of the table of languages, "" for none."""
    return LEXES.get(language, PLAIN)
