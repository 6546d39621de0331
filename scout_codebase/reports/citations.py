"""The citations of an answer in prose: found in its Markdown, looked up, and shown with what the
look-up found.

A citation is a place, ``path:line``, and beside it a quote: a code span, a fenced block or words in
quotation marks. Models wrap both in brackets, back quotes, emphasis and links; which of them does
not matter. A place without a quote is looked up as a line and counts as not quoted; a quote without
a place is no citation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scout_codebase.records import Citation, CitationStatus
from scout_codebase.reports.evidence import EvidenceChecker, says_enough
from scout_codebase.reports.markdown import LinkTo, code_span, filters

_OPEN, _CLOSE = (
    "\ue000",
    "\ue001",
)  # private use: hold the place of a citation while text is escaped
_HELD = re.compile(rf"(?P<before>.?){_OPEN}(?P<number>\d+){_CLOSE}")
_SPAN = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^`\n]*\n(?P<fenced>.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<![\\`])(?P<ticks>`+)(?!`)(?P<code>[^\n]{0,1000}?[^`\n])(?P=ticks)(?!`)"
    r'|["“](?P<said>[^"“”`\n]{6,300})["”]',
    re.MULTILINE | re.DOTALL,
)
_LINE = r"(?::L?|\#L|,? \(?lines? )(?P<line>\d{1,7})(?:[-–]L?\d{1,7})?(?!\w)"
_LINE_BEHIND = re.compile(_LINE)
_IN_CODE = re.compile(rf"(?P<path>[^`\n]{{1,300}}?){_LINE}(?:[:\s]+(?P<quote>\S.*))?")
_PATH_LIKE = re.compile(
    r"(?<![\w/.@:-])(?:(?:[\w.@+-]{1,80}/){1,20}[\w.@+-]{1,80}"
    r"|[\w@+-][\w.@+-]{0,80}\.[A-Za-z]\w{0,9})\Z"
)
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(([^()\s]{1,500})\)")
_LONGEST_PATH = 300
_BETWEEN = re.compile(r"[\s:,;.()\[\]*_—–>|-]{0,12}")
_BEFORE_PLACE = re.compile(r"[\s:,;(\[*_—–|-]{0,8}(?:(?:in|at|from|of|see) )?[\s*_(\[]{0,4}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a citation takes of a text, by offsets: its place, or a quote that is not found."""

    start: int
    end: int
    citation: Citation
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class CitedBlock:
    """Some Markdown of a model, and where in it the citations stand, in order."""

    text: str
    stretches: tuple[Stretch, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(dict.fromkeys(row.citation for row in self.stretches))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A place, a quote, or a place with its quote. ``line`` is 0 for a place without one."""

    start: int
    end: int
    path: str = ""
    line: int = 0
    quote: str = ""


def cited_block(text: str, checker: EvidenceChecker, first: int = 1) -> CitedBlock:
    """Looks up what a block of Markdown cites; the citations are numbered from ``first`` on. A
    place that is cited twice with the same quote has one number."""
    text = _without_links(re.sub(f"[{_OPEN}{_CLOSE}]", " ", text), checker)
    numbered: dict[tuple[str, int, str], Citation] = {}
    stretches: list[Stretch] = []
    for place, quote in _paired(sorted(_pieces(text, checker), key=lambda row: row.start), text):
        key = (place.path, place.line, quote.quote if quote else place.quote)
        if not any(key[1:]):
            continue
        if key not in numbered:
            numbered[key] = _looked_up(first + len(numbered), *key, checker)
        stretches.append(Stretch(place.start, place.end, numbered[key]))
        if quote and numbered[key].status is CitationStatus.MISSING:
            stretches.append(Stretch(quote.start, quote.end, numbered[key], is_quote=True))
    return CitedBlock(text, tuple(sorted(stretches, key=lambda row: row.start)))


def _looked_up(number: int, path: str, line: int, quote: str, checker: EvidenceChecker) -> Citation:
    found = checker.check(path, quote, line) if quote else checker.check_line(path, line)
    return Citation(number, path, line, quote, found)


def _without_links(text: str, checker: EvidenceChecker) -> str:
    """A link of the model's is its label, with the place that it leads to where the repository has
    that: links are the tool's alone."""
    code = [span.span() for span in _SPAN.finditer(text)]

    def unlinked(match: re.Match[str]) -> str:
        if any(start < match.start() and match.end() < end for start, end in code):
            return match.group()
        label, target = match.groups()
        if _LINE_BEHIND.search(label) or _known(label.strip("`* "), checker):
            return label
        return f"{label} ({target})" if _known(re.split(r"[#:]", target)[0], checker) else label

    return _LINK.sub(unlinked, text)


def _pieces(text: str, checker: EvidenceChecker) -> Iterator[_Piece]:
    end = 0
    for span in _SPAN.finditer(text):
        yield from _places(text, end, span.start(), checker)
        yield _of_span(span, checker)
        end = span.end()
    yield from _places(text, end, len(text), checker)


def _of_span(span: re.Match[str], checker: EvidenceChecker) -> _Piece:
    """A code span or a quotation is a place, with or without its line and its quote, or else a
    quote, as a fenced block always is."""
    if span["fenced"] is not None:
        return _Piece(*span.span(), quote=span["fenced"].strip("\n"))
    content = (span["code"] or span["said"]).strip()
    match = _IN_CODE.fullmatch(content)
    if match and (_known(match["path"], checker) or _PATH_LIKE.search(match["path"])):
        quote = match["quote"] or ""
        path, line = match["path"].strip(), int(match["line"])
        return _Piece(*span.span(), path, line, quote if says_enough(quote) else "")
    if _known(content, checker):
        return _Piece(*span.span(), content)
    return _Piece(*span.span(), quote=content)


def _known(path: str, checker: EvidenceChecker) -> bool:
    return checker.source(path) is not None


def _places(text: str, start: int, end: int, checker: EvidenceChecker) -> Iterator[_Piece]:
    """The places in running text, and a path without a line at its end: a quote may follow."""
    for match in _LINE_BEHIND.finditer(text, start, end):
        begins = _path_before(text, start, match.start(), checker)
        if begins is not None:
            yield _Piece(begins, match.end(), text[begins : match.start()], int(match["line"]))
            start = match.end()
    last = start + len(text[start:end].rstrip(" \t\n:—–-,(*"))
    begins = _path_before(text, start, last, checker)
    if begins is not None and _known(text[begins:last], checker):
        yield _Piece(begins, last, text[begins:last])


def _path_before(text: str, start: int, end: int, checker: EvidenceChecker) -> int | None:
    """Where the path that ends at ``end`` begins: the longest one that is in the pack, which may
    hold any character, else what looks like one."""
    start = max(start, text.rfind("\n", start, end) + 1, end - _LONGEST_PATH)
    for begins in range(start, end):
        is_edge = begins == 0 or not (text[begins - 1].isalnum() or text[begins - 1] in "_/.-")
        if is_edge and not text[begins].isspace() and _known(text[begins:end], checker):
            return begins
    match = _PATH_LIKE.search(text[start:end])
    return start + match.start() if match else None


def _paired(pieces: Sequence[_Piece], text: str) -> Iterator[tuple[_Piece, _Piece | None]]:
    """Each place with the quote behind it, or else the one before it, where nothing but signs is
    between them."""
    used: set[int] = set()
    for number, piece in enumerate(pieces):
        if not piece.path:
            continue
        near = () if piece.quote else (number + 1, number - 1)
        found = next((row for row in near if _belongs(pieces, number, row, text, used)), None)
        if found is not None:
            used.add(found)
        yield piece, None if found is None else pieces[found]


def _belongs(pieces: Sequence[_Piece], place: int, quote: int, text: str, used: set[int]) -> bool:
    if not 0 <= quote < len(pieces) or quote in used:
        return False
    row, cited = pieces[quote], pieces[place]
    if row.path or not says_enough(row.quote):
        return False
    if quote > place:
        return _BETWEEN.fullmatch(text, cited.end, row.start) is not None
    return _BEFORE_PLACE.fullmatch(text, row.end, cited.start) is not None


def checked_markdown(block: CitedBlock, checker: EvidenceChecker, link_to: LinkTo) -> str:
    """The block with its citations as they were found: places are links to the tool's lines, what
    is not in the source is struck out and called so. All else is the model's, escaped."""
    page = filters(checker, link_to)
    parts: list[str] = []
    end = 0
    for number, row in enumerate(block.stretches):
        parts += [block.text[end : row.start], f"{_OPEN}{number}{_CLOSE}"]
        end = row.end
    text = page["prose"]("".join([*parts, block.text[end:]]))
    shown = [_marked(row, page) for row in block.stretches]

    def put_back(match: re.Match[str]) -> str:
        """A mark in front must not make a picture or a link of it."""
        before = match["before"]
        return f"{before}{' ' if before and before in '!]' else ''}{shown[int(match['number'])]}"

    def as_text(match: re.Match[str]) -> str:
        """What the escaping took for code must stay code."""
        claimed = [row.citation.claimed.replace("`", "") for row in block.stretches]
        return _HELD.sub(lambda held: f"{held['before']}{claimed[int(held['number'])]}", match[0])

    return _HELD.sub(put_back, _SPAN.sub(as_text, text))


def _marked(row: Stretch, page: Mapping[str, Callable[..., Any]]) -> str:
    citation = row.citation
    if row.is_quote:
        lines = [line for line in citation.quote.splitlines() if line.strip()]
        return "  \n".join(f"~~{code_span(line)}~~" for line in lines)
    mark = _MARKS[citation.status](citation)
    if citation.status is CitationStatus.MISSING:
        return f"~~{code_span(citation.claimed)}~~ {mark}"
    return f"{page['cite'](citation.evidence)} {mark}"


_MARKS: Mapping[CitationStatus, Callable[[Citation], str]] = {
    CitationStatus.VERIFIED: lambda row: f"✓ #{row.number}",
    CitationStatus.CORRECTED: lambda row: f"✓ #{row.number} *corrected*",
    CitationStatus.AMBIGUOUS: lambda row: f"✓ #{row.number} *one of {row.evidence.matches}*",
    CitationStatus.UNQUOTED: lambda row: f"? #{row.number} *not quoted*",
    CitationStatus.MISSING: lambda row: f"✗ #{row.number} *not found in the source*",
}


def without_missing(block: CitedBlock) -> str:
    """The block as the model may see it again: what it cited in vain is taken out."""
    parts: list[str] = []
    end = 0
    for row in block.stretches:
        if row.citation.status is CitationStatus.MISSING:
            gone = "" if row.is_quote else "(a citation that is not in the source)"
            parts += [block.text[end : row.start], gone]
            end = row.end
    return "".join([*parts, block.text[end:]])
