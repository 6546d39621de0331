"""What is asked: one question for each of a number of depths, evenly spaced over the files.

Nothing here is drawn at random: what looks so is ordered by digests of the pack's own, so that the
same pack is always asked the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from scout_codebase.neutralise import disarm
from scout_codebase.probe.kinds import KINDS, Kind
from scout_codebase.probe.places import MOST_CHOICES, Draft, Place
from scout_codebase.probe.source import PackSource, words
from scout_codebase.records import Probe, ProbePlan, Question
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

Item = TypeVar("Item")

_MOST_BANDS = 10
_QUESTIONS_A_BAND = 4  # fewer say nothing, as the interval then spans nearly everything
_MOST_DRAFTS = 200  # of one kind for one depth
_OTHER_VOCABULARY = 2  # tokens for one of Llama 4's
_REPLY_FRAME = 32  # tokens for the JSON around a choice


def plan_probe(
    source: PackSource, wanted: int, library: TemplateLibrary, kinds: Sequence[Kind] = KINDS
) -> ProbePlan:
    """At most ``wanted`` questions: where none can be asked at a depth, there is one less. Raises
    TemplateError."""
    count = max(1, min(_MOST_BANDS, wanted // _QUESTIONS_A_BAND))
    if not source.files:
        return ProbePlan(wanted, (), (0.0, 1.0))
    borders = _spread(*source.stretch, wanted)
    bands = [number * wanted // count for number in range(count + 1)]
    planner = _Planner(source, library, kinds)
    probes: list[Probe] = []
    for slot in range(wanted):
        band = next(number for number in range(count) if slot < bands[number + 1])
        around = (borders[bands[band]], borders[bands[band + 1]])
        probe = planner.probe_at(slot, (borders[slot], borders[slot + 1]), around)
        if probe is not None:
            probes.append(probe)
    asked = shuffled(probes, source.pack.sha256, "order", key=lambda probe: probe.question.id)
    return ProbePlan(wanted, tuple(asked), tuple(borders[slot] for slot in bands))


def _spread(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * number / count for number in range(count + 1)]


def shuffled(items: Iterable[Item], *salt: str, key: Any = str) -> list[Item]:
    """In an order that depends on the items and the salt alone, in every version of Python."""

    def digest(item: Item) -> bytes:
        text = "\0".join((*salt, key(item)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

    return sorted(items, key=digest)


class _Planner:
    """Finds one question a depth; no place is asked for twice."""

    def __init__(self, source: PackSource, library: TemplateLibrary, kinds: Sequence[Kind]) -> None:
        self._source, self._library = source, library
        self._seed = source.pack.sha256
        self._kinds = shuffled(kinds, self._seed, "kinds", key=lambda kind: kind.name)
        self._taken: set[tuple[str, int]] = set()

    def probe_at(
        self, slot: int, nearby: tuple[float, float], around: tuple[float, float]
    ) -> Probe | None:
        """Each depth begins with another kind; a kind that has nothing to ask ``nearby`` looks
        ``around``, at the whole band, before the next one is tried."""
        first = slot % len(self._kinds)
        for kind in (*self._kinds[first:], *self._kinds[:first]):
            for stretch in (nearby, around):
                for place in self._places(kind, stretch, sum(nearby) / 2):
                    probe = self._probe(kind, place, slot)
                    if probe is not None:
                        self._taken.add((place.file.path, place.line))
                        return probe
        return None

    def _places(
        self, kind: Kind, stretch: tuple[float, float], depth: float
    ) -> Iterator[Place[Any]]:
        """Those in the stretch that are not taken, the nearest to the depth first."""
        source, (start, end) = self._source, stretch
        found = [
            (abs(at - depth), place.offset, place)
            for file in source.files_between(start, end)
            for place in kind.places(source, file)
            if start <= (at := source.depth(file, place.offset)) < end
            and (file.path, place.line) not in self._taken
        ]
        found.sort(key=lambda row: row[:2])
        return (place for *_, place in found[:_MOST_DRAFTS])

    def _probe(self, kind: Kind, place: Place[Any], slot: int) -> Probe | None:
        draft = kind.draft(self._source, place)
        if draft is None:
            return None
        others = _wrong_answers(draft)
        if not others:
            return None
        where = (kind.name, place.file.path, str(place.line))
        choices = shuffled((draft.answer, *others), self._seed, *where)
        return Probe(
            kind=kind.name,
            path=place.file.path,
            line=place.line,
            depth=self._source.depth(place.file, place.offset),
            subject=draft.subject,
            choices=tuple(choices),
            answer=draft.answer,
            question=self._question(kind, slot, draft.subject, choices),
        )

    def _question(self, kind: Kind, slot: int, subject: str, choices: list[str]) -> Question:
        values = {"subject": subject, "choices": choices}
        text = disarm(self._library.render(f"probe/{kind.name}.md.j2", values).strip())
        longest = max(map(count_tokens, choices))
        return Question(
            id=f"probe/{kind.name}/{slot + 1}",
            text=f"<question>\n{text}\n</question>\n",
            max_tokens=_REPLY_FRAME + _OTHER_VOCABULARY * longest,
            schema={
                "type": "object",
                "properties": {"answer": {"type": "string", "enum": choices}},
                "required": ["answer"],
                "additionalProperties": False,
            },
        )


def _wrong_answers(draft: Draft) -> list[str]:
    """None where the question itself would give the answer away: it must not be the one choice that
    has the most words in common with it."""
    subject = words(draft.subject)

    def in_common(choice: str) -> int:
        return len(words(choice) & subject)

    others = list(draft.others[: MOST_CHOICES - 1])
    is_alone = all(in_common(other) < in_common(draft.answer) for other in others)
    return [] if is_alone else others
