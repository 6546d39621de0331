"""What the user is told while it runs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from scout_codebase.progress import Bar, Conversation, Reporter
from scout_codebase.records import AnswerText

ESCAPE = "\x1b]0;owned\x07\x1b[2J"


def test_a_terminal_obeys_nothing_that_a_model_writes() -> None:
    terminal = io.StringIO()
    columns = TextColumn("{task.fields[detail]}", markup=False)
    with Progress(
        columns, console=Console(file=terminal, force_terminal=True), auto_refresh=False
    ) as progress:
        bar = Bar(progress, progress.add_task("", detail=""))
        conversation = Conversation(bar, 10)
        conversation.question("r/q")
        conversation.event("r/q", AnswerText(f"it finds {ESCAPE} orders"))
        progress.refresh()
    assert "orders" in terminal.getvalue()
    assert not any(mark in terminal.getvalue() for mark in ("\x1b]0", "\x1b[2J", "\x07"))


def test_a_terminal_obeys_nothing_that_a_message_quotes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Reporter().say(f"git says {ESCAPE}")
    assert capsys.readouterr().err == "git says  ]0;owned  [2J\n"
