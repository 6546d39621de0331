"""Jinja, with nothing of the machine in reach, and its errors as TemplateError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import CodeType
from typing import TypeVar

import jinja2
import jinja2.nodes
import jinja2.sandbox
from jinja2.bccache import Bucket
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from scout_codebase.errors import TemplateError

Value = TypeVar("Value")


def _plural(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


OWN_FILTERS: Mapping[str, Callable[..., str]] = {
    "thousands": lambda number: f"{number:,}",
    "plural": _plural,
}
"""What every template can use besides Jinja's own filters."""


def make_environment(
    folders: tuple[Path, ...], variables: Mapping[str, str]
) -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    """``variables`` are seen by every template."""
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        optimized=False,  # nothing is computed once for all: filters differ from call to call
        autoescape=False,  # the output is a prompt or Markdown; HTML is made elsewhere
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(variables)
    environment.filters.update(OWN_FILTERS)
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


def check_variables(
    environment: jinja2.Environment,
    name: str,
    known: frozenset[str],
    text_of: Callable[[str], str],
) -> None:
    """Raises TemplateError with ``file:line`` for the first variable that nothing sets, in this
    template or in one that it includes or imports."""
    pending, seen = [name], set[str]()
    while pending:
        file = pending.pop()
        seen.add(file)
        tree = translated(file, partial(environment.parse, text_of(file)))
        names = list(tree.find_all(jinja2.nodes.Name))
        # Jinja counts a variable that is set in one branch only among those that nothing sets.
        set_here = {node.name for node in names if node.ctx == "store"}
        unknown = find_undeclared_variables(tree) - known - environment.globals.keys() - set_here
        for node in names:
            if node.name in unknown and node.ctx == "load":
                raise TemplateError(
                    f"{file}:{node.lineno}: there is no variable {node.name}",
                    remedy=f"There are: {', '.join(sorted(known))}.",
                )
        pending += [
            other for other in find_referenced_templates(tree) if other and other not in seen
        ]


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
