"""``python -m benchmarks.security``: the security review of small repositories with planted
weaknesses, by a real model.

Each repository is committed into a new git repository and reviewed by the command that users run,
with nothing kept from an earlier run (``--cache`` uses what is). What it finds is compared with
``truth``; the figures go to standard output, and with ``--write`` between the marks of
docs/quality.md. Leaves with 1 where a figure misses its limit or a review could not be completed,
with 2 where there is no such repository.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.security.score import Score, score_report
from benchmarks.security.table import missed, to_markdown, totals, write_into
from benchmarks.security.truth import FOLDER, Sample, load_samples
from scout_codebase.reports.weaknesses import load_weaknesses
from scout_codebase.templates import TemplateLibrary
from tests.support.repositories import make_repository

REPORT = "security-review"
PAGE = Path(__file__).parents[2] / "docs" / "quality.md"


class FailedReviewError(Exception):
    """A review that left no complete report."""


@dataclass(frozen=True)
class Measured:
    """The figures of one repository by CWE, who answered, and how long the review took."""

    scores: dict[str, Score]
    model: str
    seconds: float


def main() -> None:
    every = load_samples()
    chosen, passed_on = _arguments([row.name for row in every])
    samples = [row for row in every if not chosen.only or row.name in chosen.only]
    cwes = {row["category"]: row["cwe"] for row in load_weaknesses(TemplateLibrary(chosen.prompts))}
    if chosen.prompts:
        passed_on = [*passed_on, "--prompts", str(chosen.prompts)]
    measured = {}
    for sample in samples:
        try:
            measured[sample.name] = _measure(sample, cwes, passed_on, chosen.keep)
        except FailedReviewError as error:
            sys.exit(f"{sample.name} was not evaluated: {error}")
        print(f"{sample.name}: {measured[sample.name].seconds:.0f} s", file=sys.stderr, flush=True)
    text = _page_text(samples, measured, is_fresh="--cache" not in passed_on)
    print(text)
    if chosen.write:
        write_into(PAGE, text)
    scores = {name: row.scores for name, row in measured.items()}
    short = missed(totals(samples, scores))
    print("\n".join(short or ["Every figure is within its limit."]), file=sys.stderr)
    sys.exit(bool(short))


def _arguments(names: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What this command takes, and the rest, which is for ``scout-review review``. ``names`` are
    those of the repositories."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n\n")[0],
        epilog="Other options go to 'scout-review review', such as --base-url.",
    )
    only = "the name of a repository (repeatable)"
    parser.add_argument("--only", action="append", choices=names, help=only)
    parser.add_argument("--prompts", type=Path, help="a folder of templates of one's own")
    parser.add_argument(
        "--brief",
        action="store_const",
        const=FOLDER / "brief",
        dest="prompts",
        help="without the accounts of findings, which decide nothing and take most of the time",
    )
    parser.add_argument("--keep", type=Path, help="where the reports are to stay")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE.name}")
    if not names:
        parser.error(f"there is no repository in {FOLDER}")
    return parser.parse_known_args()


def _measure(
    sample: Sample, cwes: dict[str, str], passed_on: Sequence[str], keep: Path | None
) -> Measured:
    with tempfile.TemporaryDirectory(prefix="scout-review-eval-") as folder:
        repository = make_repository(Path(folder) / sample.name, sample.files)
        out = keep / sample.name if keep else Path(folder) / "report"
        started = time.monotonic()
        report = _review(repository, out, passed_on)
        seconds = time.monotonic() - started
    return Measured(score_report(sample, report, cwes), report["engine"]["model"], seconds)


def _review(repository: Path, out: Path, passed_on: Sequence[str]) -> dict[str, Any]:
    has_address = any(row.partition("=")[0] == "--base-url" for row in passed_on)
    engine = [] if has_address else ["--engine", "embedded"]
    command = [sys.executable, "-m", "scout_codebase", "review", str(repository)]
    options = ["--report", REPORT, "--out", str(out), "--no-cache", *engine, *passed_on]
    run = subprocess.run([*command, *options], check=False, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise FailedReviewError(run.stderr.strip().splitlines()[-1] if run.stderr else "no reason")
    report: dict[str, Any] = json.loads((out / f"{REPORT}.json").read_text("utf-8"))
    return report


def _page_text(samples: Sequence[Sample], measured: dict[str, Measured], *, is_fresh: bool) -> str:
    models = ", ".join(sorted({row.model for row in measured.values()}))
    seconds = sum(row.seconds for row in measured.values())
    arguments = shlex.join(argument for argument in sys.argv[1:] if argument != "--write")
    command = f"make eval EVAL='{arguments}'" if arguments else "make eval"
    answers = "every answer asked for anew" if is_fresh else "answers of earlier runs where kept"
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}`: {models}; {machine()}; {answers}; "
        f"{seconds:.0f} s in all."
    )
    return f"{head}\n\n{to_markdown(samples, {name: row.scores for name, row in measured.items()})}"


if __name__ == "__main__":
    main()
