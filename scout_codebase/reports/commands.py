"""What a shell command of a repository is for, by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scout_codebase.reports.evidence import EvidenceChecker

_PURPOSES: Mapping[str, tuple[str, ...]] = {
    "install": (
        *("npm ci", "(?:go|cabal|bower) get", "mod download", "install", "add", "sync", "restore"),
        *("require", "bootstrap", r"setup(?!\.)", "clone"),
    ),
    "build": ("build", "compile", "package", "assemble", "dist", "bdist_wheel", "tsc"),
    "test": (
        *("tests?", "pytest", "tox", "nox", "unittest", "spec", "rspec", "jest", "mocha", "vitest"),
        *("phpunit", "ctest", "check", "verify", "ava", "tap", "lint"),
    ),
}
_WORDS = re.compile(
    r"(?i)(?<![\w-])(?:"
    + "|".join(f"(?P<{purpose}>{'|'.join(words)})" for purpose, words in _PURPOSES.items())
    + r")(?![\w-])"
)
_RUNS = re.compile(r"(?i)(?<![\w-])(?:run|start|serve|up|exec|dev|python3? -m|node)(?![\w-])")
_LEADS_IN = re.compile(r"[\W\d]*(?:RUN |[\w.-]+ ?[:=] ?)?[\W]*")
"""What may stand before a command on its line: a prompt, a list's mark, a key."""
_QUOTES = ('"', "'", "`")
_TITLES: Mapping[str, str] = {
    "install": "Install it",
    "build": "Build it",
    "run": "Run it",
    "test": "Run its tests",
}
"""By purpose, in the order in which somebody new comes to them."""


def purpose_of(command: str) -> str:
    """``install``, ``build``, ``run``, ``test``, or nothing where no word says it. The first word
    that does counts, those that only run something last: ``npm run test`` is a test."""
    found = _WORDS.search(command)
    if found and found.lastgroup:
        return found.lastgroup
    return "run" if _RUNS.search(command) else ""


def shown_steps(steps: Sequence[Mapping[str, Any]], checker: EvidenceChecker) -> list[Any]:
    """Of the steps of an answer those with a command that stands on the line they name, in the
    order of their purposes, each command once: what the model calls it does not count where the
    command itself says what it does, and where it does not, it is nothing to install, build or test
    with. Rows are ``title``, ``command`` and ``evidence``."""
    rows = dict(reversed(list(_rows(steps, checker))))
    order = list(_TITLES)
    return sorted(rows.values(), key=lambda row: (order.index(row["purpose"]), row["line"]))


def _rows(
    steps: Sequence[Mapping[str, Any]], checker: EvidenceChecker
) -> Iterator[tuple[str, dict[str, Any]]]:
    for step in steps:
        evidence = step["evidence"]
        source = checker.source(evidence.path)
        numbers = range(evidence.start_line, evidence.end_line + 1)
        lines = [source.line(number) for number in numbers] if source else []
        command = next(filter(None, (_whole(step["command"], line) for line in lines)), "")
        purpose = purpose_of(command) or ("run" if step["kind"] == "run" else "")
        if command and purpose:
            yield (
                command,
                {
                    "purpose": purpose,
                    "title": _TITLES[purpose],
                    "command": command,
                    "evidence": evidence,
                    "line": (evidence.path, evidence.start_line),
                },
            )


def _whole(command: str, line: str) -> str:
    """The command as the line has it, to its end or to the quote that closes it; of a sentence, as
    it was given; nothing where it is not there."""
    command, line = " ".join(command.split()), " ".join(line.split())
    before, found, rest = line.partition(command)
    if not command or not found:
        return ""
    if before[-1:] in _QUOTES:
        return command + rest.partition(before[-1])[0]
    if not _LEADS_IN.fullmatch(before):
        return command  # prose may go on behind it
    return (command + rest).partition(" #")[0].rstrip()
