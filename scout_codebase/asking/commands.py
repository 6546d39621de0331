"""What can be typed in a session besides questions: each command is a row of ``COMMANDS``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scout_codebase.asking.dialogue import Dialogue
from scout_codebase.asking.transcript import transcript
from scout_codebase.asking.views import without_controls
from scout_codebase.errors import UsageError
from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Citation, display_path
from scout_codebase.render.atomic import write_atomically
from scout_codebase.render.links import link_maker
from scout_codebase.walk.patterns import PatternError, Patterns, check_pattern

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_MOST_FILES = 200
_LINES_AROUND = 3
_LONGEST_LINE = 300


class EndOfSession(Exception):  # noqa: N818 - it is no error
    """The user is done."""


@dataclass(frozen=True, slots=True)
class Command:
    """``takes`` is how its argument is called, "" for none. ``run`` gives the lines to be shown,
    and raises UsageError."""

    takes: str
    does: str
    run: Callable[[Dialogue, str], Iterator[str]]


def command_of(text: str) -> tuple[str, str] | None:
    """The name of a command and its argument; None for a question, which may begin with a path."""
    match = _COMMAND.fullmatch(text.strip())
    return (match[1], (match[2] or "").strip()) if match else None


def run_command(dialogue: Dialogue, name: str, argument: str) -> Iterator[str]:
    """The lines to be shown. Raises UsageError for a command that there is not, or that cannot do
    what is asked, and EndOfSession."""
    command = COMMANDS.get(name)
    if command is None:
        raise UsageError(f"there is no command /{name}", remedy="/help lists them.")
    if argument and not command.takes:
        raise UsageError(f"/{name} takes nothing more")
    return command.run(dialogue, argument)


def _files(dialogue: Dialogue, pattern: str) -> Iterator[str]:
    try:
        check_pattern(pattern)
    except PatternError as error:
        raise UsageError(f"{pattern} is no pattern: {error}") from error
    wanted = Patterns((pattern,) if pattern else ("*",))
    rows = tokens_by_path(dialogue.session.packed.pack).items()
    found = sorted((path, tokens) for path, tokens in rows if wanted.match(path))
    for path, tokens in found[:_MOST_FILES]:
        yield f"{tokens:>10,}  {display_path(path)}"
    if len(found) > _MOST_FILES:
        yield f"and {len(found) - _MOST_FILES:,} more: give a pattern"
    total = sum(tokens for _, tokens in found)
    yield f"{total:>10,}  tokens in {len(found):,} of {len(rows):,} files"


def _tokens(dialogue: Dialogue, _: str) -> Iterator[str]:
    session = dialogue.session
    rows = {
        "the repository": session.packed.pack.tokens,
        "the window": session.engine.identity.context_window or 0,
        "room for a question and those before it": dialogue.room,
        "of it taken by those before it": dialogue.earlier_tokens,
    }
    for what, tokens in rows.items():
        yield f"{tokens:>10,}  {what}"
    asked = [turn.answer for turn in dialogue.turns if not turn.answer.earlier]
    read = sum(answer.prompt_tokens or 0 for answer in asked)
    cached = sum(answer.cached_tokens or 0 for answer in asked)
    yield f"{read:>10,}  sent in {len(asked):,} questions"
    yield f"{cached:>10,}  of these came from the server's cache"


def _cite(dialogue: Dialogue, argument: str) -> Iterator[str]:
    number = argument.removeprefix("#")
    known = dialogue.citations
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(known)):
        there = f"there are {len(known)} citations" if known else "nothing was cited yet"
        raise UsageError(f"/cite takes the number of a citation; {there}")
    return cited_lines(dialogue, known[int(number) - 1])


def cited_lines(dialogue: Dialogue, citation: Citation) -> Iterator[str]:
    """The source around a citation, its own lines marked."""
    found = citation.evidence
    source = dialogue.checker.source(found.path) if found.found else None
    if source is None:
        yield f"{citation.claimed} {citation.status}: {found.reason}"
        return
    yield f"{found.path}:{found.start_line} {citation.status}"
    first = max(1, found.start_line - _LINES_AROUND)
    last = min(source.line_count, found.end_line + _LINES_AROUND)
    for number in range(first, last + 1):
        mark = ">" if found.start_line <= number <= found.end_line else " "
        line = source.line(number)
        shown = line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
        yield f"{mark} {number:>6}  {shown}"


def _save(dialogue: Dialogue, argument: str) -> Iterator[str]:
    if not argument:
        raise UsageError("/save takes the name of a file")
    path = Path(argument).expanduser()
    if path.exists() and path.resolve() not in dialogue.saved:
        raise UsageError(f"{path} is there already", remedy="Name another file.")
    link_to = link_maker(dialogue.session.packed.snapshot, path.parent)
    write_atomically(path, transcript(dialogue, link_to))
    dialogue.saved.add(path.resolve())
    yield f"{len(dialogue.turns)} questions saved in {path}"


def _help(_: Dialogue, __: str) -> Iterator[str]:
    yield "What does not begin with / and a word is a question; the earlier ones and their answers"
    yield "go with it as far as there is room. Ctrl-C ends an answer, Ctrl-D the session."
    for name, command in COMMANDS.items():
        yield f"  {f'/{name} {command.takes}'.strip():<18} {command.does}"


def _quit(_: Dialogue, __: str) -> Iterator[str]:
    raise EndOfSession


COMMANDS: Mapping[str, Command] = {
    "files": Command("[PATTERN]", "the files that the model has read, with their tokens", _files),
    "tokens": Command("", "the window, and what is left of it", _tokens),
    "cite": Command("N", "the source lines of citation #N", _cite),
    "save": Command("FILE", "write the questions and answers of this session as Markdown", _save),
    "help": Command("", "this", _help),
    "quit": Command("", "end the session, as Ctrl-D does", _quit),
}


def shown(lines: Iterator[str]) -> Iterator[str]:
    """The lines as a terminal may have them."""
    return (without_controls(line).replace("\n", " ") for line in lines)
