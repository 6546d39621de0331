"""A thousand quotes of this repository's own text, mangled: what is the same code is found, and
nothing else is."""

from __future__ import annotations

import functools
from collections import Counter

from support.code_oracle import Source, same_code
from support.mangled_quotes import Mangled, corpus, mangled_quotes
from support.packing import pack_texts
from support.spans import offsets

from scout_codebase.neutralise import neutralise
from scout_codebase.records import Evidence, Grade
from scout_codebase.reports.evidence import EvidenceChecker

COUNT = 1_000
SEED = 11
VARIANTS = ("as it is", "indentation", "blanks", "line wraps", "comments")

Result = tuple[Mangled, Evidence]


@functools.cache
def sources() -> dict[str, Source]:
    return corpus()


@functools.cache
def results() -> tuple[Result, ...]:
    packed = pack_texts({path: source.text for path, source in sources().items()})
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    quotes = mangled_quotes(sources(), COUNT, SEED)
    return tuple((row, checker.check(row.path, neutralise(row.quote)[0])) for row in quotes)


def shows(row: Mangled, evidence: Evidence) -> bool:
    """Whether the place that is shown is the quote's code."""
    source = sources()[evidence.path]
    start, end = offsets(source.text, evidence)
    if row.parts:
        found, (first, last) = "".join(source.text[start:end].split()), row.parts
        if found.startswith("".join(first.split())) and found.endswith("".join(last.split())):
            return True  # else it may have been found without its comments
    return same_code(source, start, end, row.quote)


def test_the_quotes_are_of_several_languages_and_of_every_kind() -> None:
    languages = Counter(row.source.language for row, _ in results())
    kinds = Counter(row.how for row, _ in results())
    assert len(results()) == COUNT
    assert len(languages) >= 12
    assert min(kinds.values()) >= 30, kinds


def test_no_place_is_shown_that_is_other_code() -> None:
    wrong = [
        (row.how, row.path, row.quote, evidence.path, evidence.start_line)
        for row, evidence in results()
        if evidence.found and not shows(row, evidence)
    ]
    assert wrong == []


def test_white_space_variants_are_found() -> None:
    rows = [(row, evidence) for row, evidence in results() if row.how in VARIANTS and row.same]
    missed = [(row.how, row.path, row.quote) for row, evidence in rows if not evidence.found]
    assert len(rows) >= 300
    assert len(missed) <= 0.05 * len(rows), missed


def test_a_quote_as_it_stands_is_always_found() -> None:
    exact = ("as it is", "wrong path")
    rows = [(row, evidence) for row, evidence in results() if row.how in exact]
    for row, evidence in rows:
        if row.how == "as it is":
            assert evidence.found, row
        elif sum(source.text.count(row.quote) for source in sources().values()) == 1:
            assert (evidence.grade, evidence.path) == (Grade.CORRECTED, row.source.path), row


def test_elided_quotes_are_found_unless_a_token_was_changed() -> None:
    rows = [(row, evidence) for row, evidence in results() if row.how == "elision"]
    missed = [row for row, evidence in rows if row.same and not evidence.found]
    assert len(missed) <= 0.05 * len(rows), missed


def test_nothing_is_verified_in_a_file_that_does_not_exist() -> None:
    for row, evidence in results():
        if row.path not in sources():
            assert evidence.grade in (Grade.CORRECTED, Grade.MISSING)
        assert evidence.found is not bool(evidence.reason)
