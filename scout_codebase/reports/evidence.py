"""Looks up what an answer names as evidence: a path and a quote, or a path and a symbol.

``source_text.py`` says where a quote stands, and ``gaps.py`` what other white space makes other
code. Here it is graded, and the place is put into the terms of the file as it is in the repository:
labels of masked secrets and marks of neutralised text are counted back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from scout_codebase.languages.detect import detect
from scout_codebase.neutralise import neutralise, restore
from scout_codebase.records import (
    Evidence,
    FileAnalysis,
    Grade,
    Masked,
    Pack,
    Section,
    Symbol,
    display_path,
)
from scout_codebase.reports.source_text import SourceText, Span, says_enough

__all__ = ["EvidenceChecker", "SourceText", "Span", "says_enough", "symbol_reference"]

_LINE_NUMBER = re.compile(r"^\s*\d+\s*[:|]\s?", re.MULTILINE)
_WORD = re.compile(r"\w+")
_MOST_NAMED = 3  # other places that a reason names


@dataclass(frozen=True, slots=True)
class _Definition:
    path: str
    symbol: Symbol


class EvidenceChecker:
    """Grades quotes and symbols against one pack. Paths are given and returned as the model names
    them."""

    def __init__(self, pack: Pack, analyses: Mapping[str, FileAnalysis]) -> None:
        masked: dict[str, list[Masked]] = defaultdict(list)
        for row in pack.snapshot.masked:
            masked[row.path].append(row)
        self._sources = {
            _model_path(section.path): _source(section, masked.get(section.path, ()))
            for section in pack.sections
            if section.path
        }
        self._definitions: dict[str, list[_Definition]] = defaultdict(list)
        for path, analysis in sorted(analyses.items()):
            for symbol in analysis.symbols:
                self._definitions[symbol.name].append(_Definition(_model_path(path), symbol))

    def source(self, path: str) -> SourceText | None:
        return self._sources.get(self._named(path))

    def _named(self, path: str) -> str:
        return path if path in self._sources else _clean_path(path)

    def contains(self, name: str) -> bool:
        """Whether the words of a name stand, in this order, in some file or are a path."""
        if _clean_path(name) in self._known_paths:
            return True
        return any(source.mentions(name) for source in self._sources.values())

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every file and path."""
        texts = (*(source.text for source in self._sources.values()), *self._sources)
        return frozenset(chain.from_iterable(map(_WORD.findall, texts)))

    def places_of(self, name: str) -> list[str]:
        """The paths that define a name, as it is qualified there."""
        return [row.path for row in self._definitions.get(name, ())]

    @cached_property
    def _known_paths(self) -> frozenset[str]:
        """Every path and folder, and every last part of one."""
        known: set[str] = set()
        for path in self._sources:
            parts = path.split("/")
            known.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
            known.update(parts)
        return frozenset(known | {f"{path}/" for path in known})

    def check(self, path: str, quote: str, near: int = 0) -> Evidence:
        """The quote with its grade: VERIFIED once in the file that was named, AMBIGUOUS several
        times in it, CORRECTED once in one other file and not in that one, else MISSING. Of several
        places the one nearest to the line ``near`` is given, or the first."""
        wanted = _clean_quote(quote)
        claimed = self._named(path)
        if not says_enough(wanted):
            return _missing(path, quote, "the quote says too little to be looked up")
        spans = self._sources[claimed].find(wanted) if claimed in self._sources else []
        if spans:
            grade = Grade.VERIFIED if len(spans) == 1 else Grade.AMBIGUOUS
            nearest = min(spans, key=lambda span: abs(span.start_line - near)) if near else spans[0]
            return _found(path, quote, grade, claimed, [nearest, *spans[1:]])
        elsewhere = self._search_all(wanted)
        if len(elsewhere) == 1 and len(elsewhere[0][1]) == 1:
            return _found(path, quote, Grade.CORRECTED, *elsewhere[0])
        others = [place for place, _ in elsewhere]
        return _missing(path, quote, self._why_missing("quote", claimed, others))

    def check_symbol(self, reference: str) -> Evidence:
        """``path::Name.of.it`` as evidence, at the first line of the definition. Graded as a quote
        is: VERIFIED where the file defines it once, AMBIGUOUS several times, CORRECTED where one
        other file alone does, once."""
        path, _, name = reference.strip().partition("::")
        claimed = self._named(path)
        known = [row for row in self._definitions.get(name, ()) if row.path in self._sources]
        here = [row for row in known if row.path == claimed]
        if not here and len(known) != 1:
            others = list(dict.fromkeys(row.path for row in known))
            reason = self._why_missing("definition", claimed, others)
            return _missing(path, reference, reason, name)
        rows = here or known
        grade = (
            Grade.CORRECTED if not here else Grade.AMBIGUOUS if len(here) > 1 else Grade.VERIFIED
        )
        spans = [self._sources[row.path].whole_line(row.symbol.start_line) for row in rows]
        source = self._sources[rows[0].path]
        quote = source.line(rows[0].symbol.start_line).strip()
        return _found(path, quote, grade, rows[0].path, spans, name)

    def check_line(self, path: str, number: int) -> Evidence:
        """A whole line that the tool itself found, as evidence: VERIFIED, or MISSING where the pack
        has no such line."""
        claimed = self._named(path)
        source = self._sources.get(claimed)
        if source is None or not 1 <= number <= source.line_count:
            reason = "that file has no such line" if source else "there is no such file"
            return _missing(path, "", reason)
        quote = source.line(number).strip()
        return _found(path, quote, Grade.VERIFIED, claimed, [source.whole_line(number)])

    def _search_all(self, quote: str) -> list[tuple[str, list[Span]]]:
        """Some of the places that have the quote: enough to know whether there is but one."""
        found: list[tuple[str, list[Span]]] = []
        for path, source in self._sources.items():
            spans = source.find(quote, limit=2)
            if spans:
                found.append((path, spans))
            if len(found) > _MOST_NAMED:
                break
        return found

    def _why_missing(self, what: str, claimed: str, others: Sequence[str]) -> str:
        here = (
            "is not in that file"
            if claimed in self._sources
            else "comes with a path that does not exist"
        )
        if not others:
            return f"the {what} {here}, and no other file has it"
        places = ", ".join(others[:_MOST_NAMED])
        more = " and others" if len(others) > _MOST_NAMED else ""
        return f"the {what} {here}, and more than one other place has it: {places}{more}"


def _found(
    claimed: str, quote: str, grade: Grade, path: str, spans: Sequence[Span], symbol: str = ""
) -> Evidence:
    first = spans[0]
    return Evidence(
        claimed_path=claimed,
        quote=quote,
        grade=grade,
        path=path,
        start_line=first.start_line,
        end_line=first.end_line,
        start_column=first.start_column,
        end_column=first.end_column,
        matches=len(spans),
        symbol=symbol,
        comment=first.comment,
    )


def _missing(path: str, quote: str, reason: str, symbol: str = "") -> Evidence:
    return Evidence(path, quote, Grade.MISSING, symbol=symbol, reason=reason)


def symbol_reference(path: str, symbol: Symbol) -> str:
    """How the model names a definition."""
    return f"{path}::{symbol.name}"


def _model_path(path: str) -> str:
    return neutralise(display_path(path))[0]


def _source(section: Section, masked: Iterable[Masked]) -> SourceText:
    """The text of the file without its opening and closing tag."""
    opening = section.text.index(">\n") + 2
    text = restore(section.text[opening : len(section.text) - len("</file>\n")])
    spec = detect(section.path, text)
    return SourceText(text, spec.name if spec else "", masked)


def _clean_path(path: str) -> str:
    return path.strip().strip("`").removeprefix("./")


def _clean_quote(quote: str) -> str:
    """Without what models put around a quote: fences, back quotes, line numbers. Indentation in
    front of the first line stays."""
    text = restore(quote)
    if text.lstrip().startswith("```"):
        text = text.strip()
        text = text.partition("\n")[2].rpartition("```")[0] or text.strip("`")
    text = re.sub(r"\A(?:[ \t]*\r?\n)+", "", text).rstrip()
    if re.fullmatch(r"\s*`[^`]*`\s*", text):
        text = text.strip().strip("`")
    lines = text.splitlines()
    if len(lines) > 1 and all(_LINE_NUMBER.match(line) for line in lines):
        text = _LINE_NUMBER.sub("", text)
    return text
