"""Questions whose answers the tool knows, and how a model did on them.

A depth is the share (0 to 1) of the prompt's tokens that stand before a fact; the share of a score
is that of the right answers among all that were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from scout_codebase.records.answers import Question

WEAK_BELOW = 0.5
"""Recall, corrected for guessing, under which a stretch of the prompt is called weak."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One fact of the pack and the question for it. ``path`` and ``line`` say where the fact
    stands; ``answer`` is the one of ``choices`` that is right. ``subject`` is what the question
    shows of the source, choices aside."""

    kind: str
    path: str
    line: int
    depth: float
    subject: str
    choices: tuple[str, ...]
    answer: str
    question: Question

    @property
    def chance(self) -> float:
        """That a guess is right."""
        return 1 / len(self.choices)


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """``probes`` in the order in which they are asked; ``wanted`` is how many were asked for.
    ``borders`` are the depths at which the bands of the curve begin and, the last one, end."""

    wanted: int
    probes: tuple[Probe, ...]
    borders: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What the model answered. ``given`` is "" where the answer could not be used, and ``failure``
    says why; such an answer is wrong."""

    probe: Probe
    given: str
    failure: str = ""

    @property
    def is_right(self) -> bool:
        return not self.failure and self.given == self.probe.answer


@dataclass(frozen=True, slots=True)
class Score:
    """How many of how many are right. ``chance`` is the share that guesses get right; ``low`` and
    ``high`` are the ends of the 95 % confidence interval of the share."""

    asked: int
    right: int
    chance: float
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.asked if self.asked else 0.0

    @property
    def recall(self) -> float:
        """The share corrected for guessing: 0 is what guesses give, or less, and 1 is all."""
        return self._corrected(self.share)

    @property
    def recall_low(self) -> float:
        return self._corrected(self.low)

    @property
    def recall_high(self) -> float:
        return self._corrected(self.high)

    def _corrected(self, share: float) -> float:
        """Abbott, A method of computing the effectiveness of an insecticide, Journal of Economic
        Entomology 18 (1925): what happens by itself is taken out of both counts."""
        return max(0.0, (share - self.chance) / (1 - self.chance))


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the prompt between two depths; ``paths`` are the files that lie in it, wholly
    or in part, in reading order."""

    start: float
    end: float
    score: Score
    paths: tuple[str, ...]

    @property
    def is_weak(self) -> bool:
        return self.score.asked > 0 and self.score.recall < WEAK_BELOW


@dataclass(frozen=True, slots=True)
class Recall:
    """The result of a probe. ``answers`` are sorted by depth, ``bands`` follow each other."""

    wanted: int
    score: Score
    bands: tuple[Band, ...]
    answers: tuple[ProbeAnswer, ...]

    @property
    def weak(self) -> tuple[Band, ...]:
        return tuple(band for band in self.bands if band.is_weak)
