"""``python ci/summary.py FOLDER``: what came of a review, as Markdown on standard output.

Reads ``exit-code``, ``result.json`` and ``review.log`` of the report folder, as far as they are
there. It shows nothing that a model wrote; names of the repository stand in code spans. Needs
nothing but Python, so that it can also speak of a tool that could not be installed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_FINDINGS = 50
"""The page of the report holds them all; a comment has room for 65,536 characters."""
_LONGEST_NAME = 300
_MEANINGS = {
    0: "✅ No finding that fails the pipeline",
    1: "❌ Findings that fail the pipeline",
    2: "❌ Not reviewed: the command, a file or the repository is wrong",
    3: "❌ Not reviewed: the prompt does not fit the window, or was not read whole",
    4: "❌ Not reviewed: no server, a server failure, or answers that cannot be used",
    5: "❌ Not whole: --max-tokens or --max-minutes was reached",
    130: "❌ Interrupted",
}
_NEVER_RAN = "❌ The review did not run; see the log of the job"


def summary(folder: Path) -> str:
    code = _code(folder)
    result = _result(folder)
    verdict = _NEVER_RAN if code is None else _MEANINGS.get(code, f"❌ Exit code {code}")
    lines = ["## scout-review", "", verdict]
    if code not in (0, 1) and (last := _last_error(folder)):
        lines += ["", *_fenced(last)]
    if result is not None:
        lines += ["", *_facts(result), *_findings(result)]
    return "\n".join(lines)


def _code(folder: Path) -> int | None:
    try:
        return int((folder / "exit-code").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _result(folder: Path) -> dict[str, Any] | None:
    """None where the run has left none, which it does where it came to no answer: one that
    ``review.sh`` did not see come is of an earlier run."""
    path = folder / "result.json"
    try:
        if not (folder / ".fresh").exists():
            return None
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _last_error(folder: Path) -> str:
    try:
        log = (folder / "review.log").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = [line for line in log.splitlines() if line.startswith("scout-review: ")]
    return found[-1] if found else ""


def _facts(result: dict[str, Any]) -> Iterator[str]:
    counts, questions, prompt = result["counts"], result["questions"], result["prompt"]
    base = result.get("base")
    since = f", since {_code_span(base['name'])}" if base else ""
    if result["status"] != "complete":
        yield "- **Incomplete**: this is what the answers that there are came to"
    share = questions.get("cached_share")
    cached = f"; {share:.0%} of what was sent came from the prefix cache" if share else ""
    yield (
        f"- Findings: {counts['findings']}, of them {counts['new']} new; "
        f"{counts['fixed']} fixed, {counts['suppressed']} suppressed"
    )
    yield f"- Read: {prompt['files']} files, {prompt['tokens']:,} tokens{since}{cached}"
    yield (
        f"- Questions: {questions['asked']}, of them {questions['failed']} without an answer and "
        f"{questions['kept_from_earlier']} answered in an earlier run"
    )
    engine = result["engine"]
    yield f"- Model: {_code_span(engine['model']) if engine else 'none, nothing was to be asked'}"


def _findings(result: dict[str, Any]) -> Iterator[str]:
    shown = [row for row in result["findings"] if not row["suppressed"]]
    if not shown:
        return
    yield ""
    for row in shown[:MOST_FINDINGS]:
        symbol = f" in {_code_span(row['symbol'])}" if row.get("symbol") else ""
        place = _code_span(f"{row['path']}:{row['start_line']}")
        rule = re.sub(r"[^A-Za-z0-9-]", "", row["rule"])
        yield f"- **{row['severity']}**, {row['state']}: {rule} at {place}{symbol}"
    if len(shown) > MOST_FINDINGS:
        yield f"- … and {len(shown) - MOST_FINDINGS} more in the reports"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _code_span(text: str) -> str:
    """Nothing in it is Markdown, HTML or a mention."""
    shown = _printable(text)[:_LONGEST_NAME]
    fence = _fence(shown, 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def _fenced(text: str) -> list[str]:
    shown = _printable(text)
    fence = _fence(shown, 3)
    return [f"{fence}text", shown, fence]


if __name__ == "__main__":
    sys.stdout.buffer.write(f"{summary(Path(sys.argv[1]))}\n".encode())
