"""Whether a quote that has the same characters as the source, blanks aside, has the same code.

White space between two tokens is free where none is needed and none could join them. It counts

- within a string; only the blanks at the ends of its lines are free, as quotes lose indentation,
- within an operator, a number or a word, and between what would become one,
- as a newline where the language ends statements by it and what follows could be read otherwise,
- as a newline behind a line comment: without it, code becomes comment,
- as indentation where the language has blocks by it: a line in another block is other code; a quote
  without any indentation has lost it, and says nothing of blocks,
- everywhere in languages that separate words by it (shell, YAML, Ruby, text …).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scout_codebase.languages.lexing import BLANKS, COMMENTS, Kind, Lexed, Start, would_join
from scout_codebase.languages.lexis import Lexis, Newline

_ENDS_ITS_LINE = re.compile(
    r"return|break|continue|yield|throw|raise|fallthrough|async|type|goto|debugger"
)
_GOES_ON = re.compile(
    r"in|not|and|or|is|if|elif|else|while|for|import|from|as|with|lambda|del|assert|new|typeof|"
    r"instanceof|case|await|var|let|const|func|def|class|catch|switch|when|until|unless|where|do|"
    r"then|go|defer|select|extends|implements"
)
_DIRECTIVE = re.compile(r"#\s*(?P<define>define\b)?")
_READS_ON = re.compile(r"[(\[+*~@`<]|-(?!>)")


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two neighbouring characters of a quote, in the source and in the quote.
    ``before`` and ``behind`` are the offsets of the two in the source."""

    before: int
    behind: int
    source: str
    quote: str

    @property
    def both(self) -> bool:
        return bool(self.source) == bool(self.quote)

    @property
    def newlines_agree(self) -> bool:
        return ("\n" in self.source) == ("\n" in self.quote)


class Rules:
    """The rules of one language, applied to one text."""

    def __init__(self, text: str, lexed: Lexed, lexis: Lexis) -> None:
        self._text, self._lexed, self._lexis = text, lexed, lexis

    def may_begin(self, offset: int, behind: int = 0) -> bool:
        """Whether a quote may begin here: not within a token, nor in a line comment behind its
        mark, where code that was commented out would pass for code, unless what was quoted up to
        ``behind`` ends in the same comment."""
        start, kinds = self._lexed.starts[offset], self._lexed.kinds
        if kinds[offset] != Kind.LINE_COMMENT or start != Start.WORD:
            return start != Start.NOTHING
        same_line = "\n" not in self._text[behind:offset]
        return behind > 0 and kinds[behind - 1] == Kind.LINE_COMMENT and same_line

    def may_end(self, offset: int) -> bool:
        """Whether a quote may end in front of ``offset``."""
        text = self._text
        return (
            offset >= len(text)
            or text[offset] in BLANKS
            or self._lexed.starts[offset] != Start.NOTHING
        )

    def line_ends(self, offset: int) -> bool:
        """Whether nothing but a comment stands on the rest of the line."""
        while offset < len(self._text) and self._text[offset] in " \t\r\f\v":
            offset += 1
        at_end = offset >= len(self._text) or self._text[offset] == "\n"
        return at_end or self._lexed.kinds[offset] in COMMENTS

    def allow(self, gap: Gap) -> bool:
        if gap.source == gap.quote:
            return True
        if self._lexed.starts[gap.behind] in (Start.NOTHING, Start.WORD):
            return self._within_token(gap)
        return self._between_tokens(gap)

    def _within_token(self, gap: Gap) -> bool:
        kind = self._lexed.kinds[gap.behind]
        if kind == Kind.CODE:
            return False
        if kind == Kind.STRING:
            return "\n" in gap.source and gap.source.count("\n") == gap.quote.count("\n")
        return gap.both and not (kind == Kind.LINE_COMMENT and "\n" in gap.quote)

    def _between_tokens(self, gap: Gap) -> bool:
        kinds, lexis = self._lexed.kinds, self._lexis
        if kinds[gap.before] == Kind.LINE_COMMENT:
            return "\n" in gap.quote
        if kinds[gap.behind] in COMMENTS:
            return gap.both or not lexis.spaced
        directive = _DIRECTIVE.match(self._line(gap.before)) if lexis.directives else None
        if not gap.newlines_agree and (directive or self._newline_counts(gap)):
            return False
        if gap.both:
            return True
        if lexis.spaced or (directive and directive["define"]):
            return False
        return bool(gap.quote) or not would_join(self._text, gap.before, gap.behind, lexis)

    def _line(self, offset: int) -> str:
        """The line up to ``offset``, without its indentation."""
        return self._text[self._text.rfind("\n", 0, offset) + 1 : offset + 1].lstrip()

    def _newline_counts(self, gap: Gap) -> bool:
        lexis, lexed = self._lexis, self._lexed
        if lexis.newline is Newline.BLANK or lexed.starts[gap.behind] == Start.INSIDE:
            return False
        if lexis.newline is Newline.END:
            return not lexis.brackets or self._may_end_statement(gap.before)
        if _ENDS_ITS_LINE.fullmatch(self._word_before(gap.before)):
            return True
        strings = lexed.kinds[gap.before] == lexed.kinds[gap.behind] == Kind.STRING
        reads_on = strings or _READS_ON.match(self._text, gap.behind) is not None
        return reads_on and self._may_end_statement(gap.before)

    def _may_end_statement(self, offset: int) -> bool:
        character = self._text[offset]
        if self._lexed.kinds[offset] != Kind.CODE or character in ")]}!?":
            return True
        if character in "+-":
            return self._text[offset - 1 : offset] == character
        is_word = character.isalnum() or character in "_$"
        return is_word and not _GOES_ON.fullmatch(self._word_before(offset))

    def _word_before(self, offset: int) -> str:
        """The word that ends at ``offset``."""
        start = offset + 1
        while start and (self._text[start - 1].isalnum() or self._text[start - 1] == "_"):
            start -= 1
        return self._text[start : offset + 1]

    def begins_line(self, offset: int) -> int | None:
        """The indentation of the statement that begins its line here, None where none does."""
        if self._lexed.starts[offset] != Start.TOKEN or self._lexed.kinds[offset] in COMMENTS:
            return None
        return indentation(self._text, offset)


def indentation(text: str, offset: int) -> int | None:
    """Of the line that begins at ``offset``, in columns; None where something stands before it."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return None if before.strip() else len(before.expandtabs(8))


def same_blocks(lines: Sequence[tuple[int | None, int]]) -> bool:
    """Whether lines are indented against each other in a quote as in its source. Each is its
    indentation in the quote (None where it is not known) and in the source."""
    known = [(quote, source) for quote, source in lines if quote is not None]
    if not any(quote for quote, _ in known):
        return True
    return all(
        _sign(quote - other_quote) == _sign(source - other_source)
        for number, (quote, source) in enumerate(known)
        for other_quote, other_source in known[:number]
    )


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
