"""From answers to recall by depth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from scout_codebase.probe.source import PackSource
from scout_codebase.records import Band, ProbeAnswer, ProbePlan, Recall, Score

_Z = 1.959963984540054  # the normal distribution has 95 % within this many standard deviations


def measure_recall(plan: ProbePlan, answers: Sequence[ProbeAnswer], source: PackSource) -> Recall:
    by_depth = sorted(answers, key=lambda answer: (answer.probe.depth, answer.probe.question.id))
    return Recall(
        wanted=plan.wanted,
        score=score(by_depth),
        bands=tuple(
            Band(
                start=start,
                end=end,
                score=score([row for row in by_depth if start <= row.probe.depth < end]),
                paths=tuple(file.path for file in source.files_between(start, end)),
            )
            for start, end in pairwise(plan.borders)
        ),
        answers=tuple(by_depth),
    )


def score(answers: Sequence[ProbeAnswer]) -> Score:
    asked, right = len(answers), sum(answer.is_right for answer in answers)
    chance = sum(answer.probe.chance for answer in answers) / asked if asked else 0.0
    low, high = wilson_interval(right, asked)
    return Score(asked, right, chance, low, high)


def wilson_interval(right: int, asked: int) -> tuple[float, float]:
    """The 95 % score interval of a share: Wilson, Probable inference, the law of succession, and
    statistical inference, Journal of the American Statistical Association 22 (1927). It holds for
    few answers and for shares of 0 and 1, where the usual one has no width."""
    if not asked:
        return 0.0, 1.0
    share, z2 = right / asked, _Z * _Z
    centre = share + z2 / (2 * asked)
    half = _Z * math.sqrt(share * (1 - share) / asked + z2 / (4 * asked * asked))
    low, high = (centre - half) / (1 + z2 / asked), (centre + half) / (1 + z2 / asked)
    return (0.0 if right == 0 else low), (1.0 if right == asked else high)
