"""``scout-review ask``: questions of the user's own."""

from __future__ import annotations

import sys
from typing import Any

import click

from scout_codebase.commands.answering import ask_options, style_options
from scout_codebase.commands.common import engine_of, selection_of, style_of
from scout_codebase.commands.since import since_options
from scout_codebase.options import (
    Command,
    engine_options,
    examples,
    prompts_option,
    quiet_option,
    repository_argument,
    selection_options,
)


@click.command(
    cls=Command,
    short_help="Ask anything of the whole repository.",
    epilog=examples(
        'ask ./repo "Where are passwords checked?"',
        "ask ./repo",
        'ask ./repo "Who may delete an order?" --json | jq .citations',
        "ask ./repo - < question.txt",
    ),
)
@repository_argument
@click.argument("question", metavar="[QUESTION]", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="Print question, answer and citations as JSON."
)
@ask_options
@style_options
@selection_options
@since_options
@engine_options
@prompts_option
@quiet_option
def ask(repository: str, question: str | None, as_json: bool, **options: Any) -> None:
    """Ask QUESTION of the whole of REPO (- reads it from standard input), or without it any number
    of questions in a session at the terminal.

    The answer is Markdown. Each place that it cites is looked up in the source: the line numbers
    are the tool's, and what is not there is struck out. Exits with 4 where nothing that is quoted
    was found, unless the answer is just that there is nothing of the kind."""
    from scout_codebase.asking import opened_dialogue
    from scout_codebase.asking.console import ask_once, converse, terminal_reader
    from scout_codebase.progress import Reporter
    from scout_codebase.settings import AskSettings, history_file

    text = _question(question, as_json=as_json)
    settings = AskSettings(
        selection=selection_of(repository, options),
        engine=engine_of(options),
        prompts=options["prompts"],
        answer_tokens=options["answer_tokens"],
        style=style_of(options),
    )
    reporter = Reporter(quiet=options["quiet"])
    with opened_dialogue(settings, reporter, text) as dialogue:
        if text:
            ask_once(dialogue, text, as_json=as_json)
        else:
            history = history_file() if options["history"] else None
            converse(dialogue, terminal_reader(history, reporter))


def _question(question: str | None, *, as_json: bool) -> str:
    """The one question, "" for a session. Raises UsageError where there is neither a question nor a
    terminal."""
    from scout_codebase.asking.dialogue import question_text
    from scout_codebase.errors import UsageError

    if question is not None and question != "-":
        return question_text(question)
    if question == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed: there is no question to read from it")
        return question_text(sys.stdin.buffer.read().decode("utf-8", "replace"))
    if as_json:
        raise UsageError("--json needs a question", remedy="Give one, or - to read it.")
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "there is no question, and no terminal for a session",
            remedy="Give a question, or - to read it from standard input.",
        )
    return ""
