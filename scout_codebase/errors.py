"""Every error that this package raises on purpose.

    ScoutError                      exit code
    ├── UsageError                      2      a flag, a path, a configuration file
    │   ├── RepositoryError             2      no repository, no commit, no such revision
    │   └── TemplateError               2      a report definition or template is broken
    ├── WindowError                     3
    │   ├── PromptTooLongError          3      found before anything was sent
    │   ├── TruncatedPromptError        3      the server read less than it was sent
    │   └── TruncatedAnswerError        3      the server cut an answer short
    ├── LimitError                      5      --max-tokens or --max-minutes
    └── EngineError                     4
        ├── NoServerError               4      nothing answers at that address
        ├── ServerError                 4      it answered with an error, or stopped half-way
        ├── WeightsError                4      the embedded model cannot be had or is damaged
        └── UnusableAnswerError         4      the model's text could not be used

An error carries what went wrong (``message``) and what to do about it (``remedy``); the command
line prints both on one line and leaves with ``exit_code``.
"""

from __future__ import annotations

from typing import ClassVar

INTERRUPTED_EXIT_CODE = 130
INTERNAL_ERROR_EXIT_CODE = 4  # the review did not happen; 1 would say that it found something


class ScoutError(Exception):
    """The root. ``str(error)`` is one line: the message, then the remedy."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.message.rstrip('.')}. {self.remedy}" if self.remedy else self.message
        return " ".join(text.split())


class UsageError(ScoutError):
    """The command line or a configuration file asks for something that cannot be done."""

    exit_code = 2


class RepositoryError(UsageError):
    """The repository, folder or revision cannot be read."""


class TemplateError(UsageError):
    """A report definition or one of its templates is broken; names the file and the line."""


class WindowError(ScoutError):
    """The prompt and the context window do not go together."""

    exit_code = 3


class PromptTooLongError(WindowError):
    """Prompt and reply need more tokens than the context window has. Nothing was sent."""


class TruncatedPromptError(WindowError):
    """The server read another number of tokens than it was sent; its answer is worth nothing."""


class TruncatedAnswerError(WindowError):
    """The server ended an answer before it was whole: its window or a limit of its own is too
    small."""


class LimitError(ScoutError):
    """A limit that the user set was reached, or would be: the review is not whole."""

    exit_code = 5


class EngineError(ScoutError):
    """A model server could not be used."""

    exit_code = 4


class NoServerError(EngineError):
    """Nothing answers at the address."""


class ServerError(EngineError):
    """The server answered with an error, or its answer broke off."""


class WeightsError(EngineError):
    """The weights of the embedded model cannot be fetched, or are not the expected bytes."""


class UnusableAnswerError(EngineError):
    """The model's answer is empty, repeats itself, is cut short, or is not the data asked for."""
