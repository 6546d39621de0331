"""Jinja, with nothing of the machine in reach, and its errors as TemplateError."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import TypeVar

import jinja2
import jinja2.sandbox
from jinja2.bccache import Bucket

from scout_codebase.errors import TemplateError

Value = TypeVar("Value")


def make_environment(folders: tuple[Path, ...]) -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        optimized=False,  # nothing is computed once for all: filters differ from call to call
        autoescape=False,  # the output is a prompt or Markdown; HTML is made elsewhere
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["plural"] = _plural
    return environment


class Compiled(jinja2.BytecodeCache):
    """Templates that were translated once: that takes longer than to render one. Holds for
    environments that have filters of the same names."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


def _plural(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def translated(name: str, action: Callable[[], Value]) -> Value:
    """The value of an action on templates. Raises TemplateError with ``file:line``."""
    try:
        return action()
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.name or name}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        raise TemplateError(f"{name} needs the template {error}, which is not there") from error
    except jinja2.TemplateError as error:
        raise TemplateError(f"{_place(name, error)}: {error.message}") from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise TemplateError(f"{_place(name, error)}: {error}") from error


def _place(name: str, error: BaseException) -> str:
    """``file:line`` of the innermost template frame of a traceback."""
    place, frame = name, error.__traceback__
    while frame is not None:
        filename = frame.tb_frame.f_code.co_filename
        if filename.endswith(".j2"):
            place = f"{Path(filename).parent.name}/{Path(filename).name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place
