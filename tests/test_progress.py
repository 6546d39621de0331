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


def test_several_questions_at_once_show_how_many_and_the_oldest() -> None:
    with Progress(
        TextColumn("{task.fields[detail]}"), console=Console(file=io.StringIO())
    ) as shown:
        bar = Bar(shown, shown.add_task("", total=3, detail=""))
        conversation = Conversation(bar, 1_000)
        for name in ("r/one", "r/two", "r/three"):
            conversation.question(name)
        conversation.event("r/three", AnswerText("it is written last"))
        assert shown.tasks[0].fields["detail"] == "3 at once; one: 1,000 tokens sent, waiting"
        conversation.answered("r/one")
        conversation.answered("r/two")
        conversation.event("r/one", AnswerText("from a thread that is late"))
        assert shown.tasks[0].fields["detail"] == "three: it is written last"
        conversation.answered("r/three")
        assert (shown.tasks[0].fields["detail"], shown.tasks[0].completed) == ("", 3)
