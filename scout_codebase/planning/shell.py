"""Commands as a POSIX shell takes them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from scout_codebase.planning.serving import ServeCommand, Variable, Words


def shell_words(words: Words) -> str:
    return " ".join(
        f'"{word}"' if isinstance(word, Variable) else shlex.quote(word) for word in words
    )


def shell_command(command: ServeCommand, indent: str = "") -> str:
    """One command over several lines, without what comes before and after it."""
    head = " ".join(f"{name}={shlex.quote(value)}" for name, value in command.environment)
    lines = [head] if head else []
    lines += [
        ("" if number == 0 else "  ") + shell_words(words)
        for number, words in enumerate(command.words)
    ]
    return indent + f" \\\n{indent}".join(lines)


def shell_lines(commands: Iterable[Words]) -> list[str]:
    return [shell_words(words) for words in commands]


def key_lines(command: ServeCommand) -> list[str]:
    """Makes a key once and gives it to the server and to this tool."""
    if not command.secret:
        return []
    return [
        f'export {command.secret}="$(openssl rand -hex 32)"',
        f'export SCOUT_REVIEW_API_KEY="${command.secret}"',
    ]
