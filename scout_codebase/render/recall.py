"""Recall as data: for templates, and for JSON."""

from __future__ import annotations

from typing import Any

from scout_codebase.frame import prompt_path
from scout_codebase.records import Band, ProbeAnswer, Recall, Score


def recall_values(recall: Recall) -> dict[str, Any]:
    """What templates see: whole percents; weak bands that touch are one stretch."""
    score = recall.score
    return {
        "asked": score.asked,
        "wanted": recall.wanted,
        "right": score.right,
        "chance": _percent(score.chance),
        **_corrected(score),
        "weak": _weak_stretches(recall),
        "bands": [_band_values(band) for band in recall.bands],
        "answers": [_answer_values(answer) for answer in recall.answers],
    }


def _percent(share: float) -> int:
    return round(100 * share)


def _corrected(score: Score) -> dict[str, int]:
    return {
        "corrected": _percent(score.recall),
        "low": _percent(score.recall_low),
        "high": _percent(score.recall_high),
    }


def _weak_stretches(recall: Recall) -> list[dict[str, Any]]:
    stretches: list[dict[str, Any]] = []
    end = -1.0
    for band in recall.weak:
        paths = [prompt_path(path) for path in band.paths]
        if band.start == end:
            last = stretches[-1]
            last["end"] = _percent(band.end)
            last["paths"] = list(dict.fromkeys((*last["paths"], *paths)))
        else:
            start, stop = _percent(band.start), _percent(band.end)
            stretches.append({"start": start, "end": stop, "paths": paths})
        end = band.end
    return stretches


def _band_values(band: Band) -> dict[str, Any]:
    score = band.score
    return {
        "start": _percent(band.start),
        "end": _percent(band.end),
        "files": len(band.paths),
        "asked": score.asked,
        "right": score.right,
        "share": _percent(score.share),
        "share_low": _percent(score.low),
        "share_high": _percent(score.high),
        "chance": _percent(score.chance),
        "is_weak": band.is_weak,
        **_corrected(score),
    }


def _answer_values(answer: ProbeAnswer) -> dict[str, Any]:
    probe = answer.probe
    return {
        "kind": probe.kind,
        "path": prompt_path(probe.path),
        "line": probe.line,
        "depth": _percent(probe.depth),
        "subject": probe.subject,
        "answer": probe.answer,
        "given": answer.given,
        "is_right": answer.is_right,
        "failure": answer.failure,
    }


def recall_summary(recall: Recall) -> dict[str, Any]:
    """For the JSON of every report."""
    weak = [{"start": _share(band.start), "end": _share(band.end)} for band in recall.weak]
    return {"wanted": recall.wanted, **_score_data(recall.score), "weak": weak}


def recall_data(recall: Recall) -> dict[str, Any]:
    """For the JSON of the probe: the whole curve, and every question with its answers."""
    return {
        "bands": [
            {
                "start": _share(band.start),
                "end": _share(band.end),
                **_score_data(band.score),
                "weak": band.is_weak,
                "paths": [prompt_path(path) for path in band.paths],
            }
            for band in recall.bands
        ],
        "answers": [_answer_data(answer) for answer in recall.answers],
    }


def _share(value: float) -> float:
    return round(value, 4)


def _score_data(score: Score) -> dict[str, Any]:
    return {
        "asked": score.asked,
        "right": score.right,
        "share": _share(score.share),
        "interval": [_share(score.low), _share(score.high)],
        "chance": _share(score.chance),
        "corrected": _share(score.recall),
        "corrected_interval": [_share(score.recall_low), _share(score.recall_high)],
    }


def _answer_data(answer: ProbeAnswer) -> dict[str, Any]:
    probe = answer.probe
    return {
        "id": probe.question.id,
        "kind": probe.kind,
        "path": prompt_path(probe.path),
        "line": probe.line,
        "depth": _share(probe.depth),
        "subject": probe.subject,
        "choices": list(probe.choices),
        "answer": probe.answer,
        "given": answer.given,
        "right": answer.is_right,
        "failure": answer.failure,
    }
