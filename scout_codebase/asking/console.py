"""A session of questions at a terminal, or one question."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scout_codebase.asking.commands import (
    COMMANDS,
    EndOfSession,
    command_of,
    run_command,
    shown,
)
from scout_codebase.asking.dialogue import Dialogue, Turn, question_text
from scout_codebase.asking.transcript import citation_lines, describe_cost, turn_json
from scout_codebase.asking.views import Nowhere, View, view_for
from scout_codebase.errors import ScoutError, UnusableAnswerError
from scout_codebase.progress import Reporter
from scout_codebase.render.links import LinkTo, link_maker

if TYPE_CHECKING:
    from prompt_toolkit.history import History

PROMPT = "ask> "
Read = Callable[[], str]
"""A line that the user typed. Raises EOFError at the end, KeyboardInterrupt for Ctrl-C."""


def ask_once(dialogue: Dialogue, text: str, *, as_json: bool) -> None:
    """Asks, and prints the answer. Raises UnusableAnswerError, once it is printed, where it cannot
    be used, else what ``Dialogue.ask`` raises."""
    link_to = _links(dialogue)
    if as_json:
        turn = dialogue.ask(text, Nowhere())
        _print(turn_json(dialogue, turn, link_to))
    else:
        turn = _answer(dialogue, text, view_for(dialogue.checker, link_to))
    if turn.failure:
        raise UnusableAnswerError(
            f"This answer cannot be used: {turn.failure}", remedy=_remedy(turn)
        )


def converse(dialogue: Dialogue, read: Read) -> None:
    """Answers until the user is done. What goes wrong with one question ends that question."""
    reporter = dialogue.session.reporter
    view = view_for(dialogue.checker, _links(dialogue))
    reporter.say("Ask of the whole repository; /help lists commands, Ctrl-D ends the session")
    while True:
        try:
            typed = read()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            _react(dialogue, typed, view)
        except EndOfSession:
            return
        except KeyboardInterrupt:
            complain("stopped; this answer does not count")
        except ScoutError as error:
            complain(str(error))


def _links(dialogue: Dialogue) -> LinkTo:
    """From where the command runs."""
    return link_maker(dialogue.session.packed.snapshot, Path())


def _react(dialogue: Dialogue, typed: str, view: View) -> None:
    if not typed.strip():
        return
    command = command_of(typed)
    if command is not None:
        for line in shown(run_command(dialogue, *command)):
            _print(line)
        return
    turn = _answer(dialogue, question_text(typed), view)
    if turn.failure:
        complain(f"This answer cannot be used: {turn.failure}. {_remedy(turn)}")


def _answer(dialogue: Dialogue, text: str, view: View) -> Turn:
    turn = dialogue.ask(text, view)
    for line in citation_lines(turn):
        _print(line)
    dialogue.session.reporter.say(describe_cost(turn))
    return turn


def _remedy(turn: Turn) -> str:
    if turn.answer.finish_reason == "length":
        return "Allow a longer one with --answer-tokens."
    return "Ask again in other words, or use a larger model."


def complain(message: str) -> None:
    """A line that is shown to who wants quiet, too."""
    Reporter().say(f"scout-review: {message}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def terminal_reader(history: Path | None, reporter: Reporter) -> Read:
    """Reads lines at the terminal, with editing and completion; the prompt goes to standard error.
    ``history`` keeps what was typed, for this user's eyes; None keeps it for this session only."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.output import create_output

    session: PromptSession[str] = PromptSession(
        history=_history(history, reporter),
        completer=WordCompleter([f"/{name}" for name in COMMANDS], sentence=True),
        complete_while_typing=False,
        output=create_output(stdout=sys.stderr),
    )
    return lambda: session.prompt(PROMPT)


def _history(path: Path | None, reporter: Reporter) -> History:
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    except OSError as error:
        reporter.say(f"What is typed is not kept: {path} cannot be written: {error.strerror}")
        return InMemoryHistory()
    return FileHistory(path)
