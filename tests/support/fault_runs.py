"""Reviews through a fault proxy, each judged: no hang, no traceback, the right exit code, and no
page that looks finished from a run that failed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.fault_proxy import FAULTS, FaultProxy
from support.repositories import ISOLATION, write_files

SILENCE_SECONDS = 20.0
"""What `--timeout` allows a server to be silent; a busy machine stalls for less."""
LONGEST_RUN = 180.0
"""Seconds, on a machine that does other things too; a run that takes longer hangs."""

# One question whose answer a server that decodes by the schema cannot get wrong, whatever its
# model.
TEMPLATES = {
    "architecture/report.toml": (
        'title = "Faults"\nsummary = "One question."\n\n[[question]]\nid = "kind"\n'
        'template = "kind.md.j2"\nmax_tokens = 40\nschema = "kind.json"\n'
    ),
    "architecture/kind.md.j2": "What kind of code is this? Answer in JSON.\n",
    "architecture/kind.json": (
        '{"type": "object", "properties": {"kind": {"type": "string", "enum": '
        '["a library of functions", "a service with a database", "a command line tool"]}}}\n'
    ),
    "architecture/report.md.j2": "{{ (answers.kind[0].value or {'kind': 'failed'}).kind }}\n",
}


@dataclass(frozen=True)
class FaultRun:
    """One review. ``wrong`` says what was not as it has to be, "" where all was."""

    fault: str
    seconds: float
    wrong: str


def chosen_faults(runs: int, seed: int) -> list[str]:
    """Every fault equally often, as far as that goes, in an order that the seed decides."""
    names = [name for number in range(runs) for name in (sorted(FAULTS)[number % len(FAULTS)],)]
    random.Random(seed).shuffle(names)
    return names


def run_with_faults(
    upstream: str, faults: Sequence[str], repository: Path, folder: Path
) -> Iterator[FaultRun]:
    """One review after the other, each through a proxy of its own in front of ``upstream``."""
    prompts = folder / "prompts"
    write_files(prompts, TEMPLATES)
    for number, fault in enumerate(faults):
        out = folder / f"out-{number}"
        with FaultProxy(upstream, fault).running() as proxy:
            yield _judged(fault, proxy, repository, prompts, out)


def _judged(fault: str, proxy: FaultProxy, repository: Path, prompts: Path, out: Path) -> FaultRun:
    started = time.monotonic()
    command = [sys.executable, "-m", "scout_codebase", "review", str(repository)]
    options = ["--base-url", proxy.base_url, "--report", "architecture", "--out", str(out)]
    more = ["--prompts", str(prompts), "--timeout", str(SILENCE_SECONDS), "--no-cache", "--jobs=1"]
    try:
        run = subprocess.run(
            [*command, *options, *more],
            capture_output=True,
            text=True,
            env={**os.environ, **ISOLATION},
            timeout=LONGEST_RUN,
        )
    except subprocess.TimeoutExpired:
        return FaultRun(fault, LONGEST_RUN, "it hangs")
    seconds = time.monotonic() - started
    return FaultRun(fault, seconds, what_is_wrong(fault, run.returncode, run.stderr, out))


def what_is_wrong(fault: str, code: int, errors: str, out: Path) -> str:
    """ "" where the run ended as it has to; ``errors`` is its standard error."""
    expected = FAULTS[fault].exit_code
    pages = sorted(path.name for path in out.rglob("*.md")) if out.is_dir() else []
    last = errors.strip().splitlines()[-1:] or [""]
    if code != expected:
        return f"exit {code} in place of {expected}: {last[0]}"
    if "Traceback" in errors or "internal error" in errors:
        return f"a traceback: {errors[-500:]}"
    if expected and not last[0].startswith("scout-review: "):
        return f"no line that says what is wrong: {last[0]}"
    finished = [name for name in pages if not name.endswith(".incomplete.md")]
    if bool(finished) is bool(expected):
        return f"exit {code} and the pages {pages}"
    return ""
