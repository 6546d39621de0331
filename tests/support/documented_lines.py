"""The command lines of the README, the docs and the examples, read as a shell would read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from scout_codebase.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("examples/**/README.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_OURS = re.compile(r"(?<![\w./~-])scout-review\s")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*=")
_SHELL_ALONE = {"&&", "||", ";", ">>", "2>"}


@dataclass(frozen=True)
class TypedLine:
    """``words`` are those behind ``scout-review``; none of a line that takes a shell to run.
    ``stdin`` and ``stdout`` are the files that the shell opens, ``piped`` the words behind ``|``;
    ``shown`` are the lines that the page shows below."""

    text: str
    words: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    stdin: str = ""
    stdout: str = ""
    piped: tuple[str, ...] = ()
    background: bool = False
    shown: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """With that of the group, as in ``prompts new``."""
        first = self.words[0]
        if first not in cli.commands:
            return "review"
        return " ".join(self.words[:2]) if isinstance(cli.commands[first], click.Group) else first

    @property
    def opens_session(self) -> bool:
        """Whether questions are asked at the terminal."""
        third = self.words[2] if len(self.words) > 2 else "--"
        return self.command == "ask" and third.startswith("--")

    def value_of(self, *options: str) -> list[str]:
        """What stands behind each of the options."""
        pairs = zip(self.words, self.words[1:], strict=False)
        return [value for name, value in pairs if name in options]


@dataclass(frozen=True)
class Block:
    """What is typed one line after the other."""

    page: str
    number: int
    lines: tuple[TypedLine, ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.lines[0].text[:60]}"

    @property
    def serves(self) -> bool:
        """Whether a server is started."""
        return any("--serve" in line.words or line.words[:1] == ("serve",) for line in self.lines)


def blocks() -> Iterator[Block]:
    """Those of shell, and of what a terminal shows, with a line of ours."""
    for page in PAGES:
        for number, (language, text) in enumerate(FENCE.findall(page.read_text(encoding="utf-8"))):
            lines = tuple(_typed(text)) if language in ("sh", "bash", "console", "") else ()
            if lines:
                yield Block(page.relative_to(ROOT).as_posix(), number, lines)


def _typed(block: str) -> Iterator[TypedLine]:
    rows = block.replace("\\\n", " ").splitlines()
    at_prompts = [number for number, row in enumerate(rows) if row.startswith("$ ")]
    for number in at_prompts or range(len(rows)):
        typed = rows[number].removeprefix("$ ").strip()
        if _OURS.search(typed.partition(" #")[0]):
            end = next((each for each in at_prompts if each > number), len(rows))
            shown = tuple(rows[number + 1 : end]) if at_prompts else ()
            yield typed_line(typed, shown)


def typed_line(text: str, shown: tuple[str, ...] = ()) -> TypedLine:
    tokens = _tokens(text)
    count = next(n for n, token in enumerate(tokens) if not _VARIABLE.match(token))
    pairs = (token.partition("=") for token in tokens[:count])
    variables = tuple((name, value) for name, _, value in pairs)
    if tokens[count] != "scout-review" or _SHELL_ALONE & set(tokens):
        return TypedLine(text, shown=shown)
    rest = tokens[count + 1 :]
    background = rest[-1:] == ["&"]
    rest = rest[: len(rest) - background]
    rest, piped = _cut(rest, "|")
    rest, written = _cut(rest, ">")
    rest, read = _cut(rest, "<")
    return TypedLine(
        text, tuple(rest), variables, "".join(read), "".join(written), tuple(piped), background,
        shown,
    )  # fmt: skip


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    return list(lexer)


def _cut(words: list[str], mark: str) -> tuple[list[str], list[str]]:
    at = words.index(mark) if mark in words else len(words)
    return words[:at], words[at + 1 :]


def options_named() -> dict[str, str]:
    """The options in code font outside of blocks, each with a page that names it."""
    return {
        name: page.relative_to(ROOT).as_posix()
        for page in PAGES
        for code in re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text(encoding="utf-8")))
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)
    }
