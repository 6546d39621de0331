"""The report definitions and their templates: where they lie, and how they are rendered.

A report is a folder: ``report.toml`` (a title and its questions), a Jinja template and, for answers
that are data, a JSON Schema for each question, and ``report.md.j2`` for the page. The folders that
ship with the package can be overlaid file by file by a folder of the user's. Templates run in
Jinja's immutable sandbox with strict undefined variables: they see values and can call nothing of
the machine.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import jinja2
import jinja2.sandbox

from scout_codebase.errors import TemplateError

_PACKAGE = Path(__file__).resolve().parent
Value = TypeVar("Value")


def shipped_folder() -> Path:
    """The templates inside the installed package, or beside it in a source checkout."""
    installed = _PACKAGE / "_prompts"
    return installed if installed.is_dir() else _PACKAGE.parent / "prompts"


class TemplateLibrary:
    """Reads and renders what lies under the template folders; the first folder that has a file
    wins. Raises TemplateError, naming the file and the line, for whatever is broken."""

    def __init__(self, overlay: Path | None = None) -> None:
        if overlay is not None and not overlay.is_dir():
            raise TemplateError(f"{overlay} is not a folder", remedy="Give --prompts a folder.")
        self.folders = tuple(folder for folder in (overlay, shipped_folder()) if folder)
        self._environment = _environment(self.folders)

    def report_names(self) -> tuple[str, ...]:
        """Every folder that holds a ``report.toml``, sorted."""
        found = {
            path.parent.name for folder in self.folders for path in folder.glob("*/report.toml")
        }
        return tuple(sorted(found))

    def files(self) -> tuple[str, ...]:
        """Every file of every folder, relative and sorted."""
        found = {
            path.relative_to(folder).as_posix()
            for folder in self.folders
            for path in folder.rglob("*")
            if path.is_file()
        }
        return tuple(sorted(found))

    def text(self, name: str) -> str:
        """The text of one file; raises TemplateError where no folder has it."""
        for folder in self.folders:
            path = folder / name
            if path.is_file():
                try:
                    return path.read_text(encoding="utf-8")
                except (OSError, UnicodeDecodeError) as error:
                    raise TemplateError(f"{path} cannot be read: {error}") from error
        raise TemplateError(f"There is no template {name}", remedy="See: scout-review prompts list")

    def toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text(name))
        except tomllib.TOMLDecodeError as error:
            raise TemplateError(f"{name}: {error}") from error

    def json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads(self.text(name))
        except json.JSONDecodeError as error:
            raise TemplateError(f"{name}:{error.lineno}: {error.msg}") from error
        if not isinstance(value, dict):
            raise TemplateError(f"{name}: the schema must be a JSON object")
        return value

    def compile(self, name: str, filters: Iterable[str] = ()) -> None:
        """Raises TemplateError where the template cannot be compiled, or uses a filter that is
        neither Jinja's nor in ``filters``."""
        environment = self._with_filters(dict.fromkeys(filters, str))
        _translated(name, lambda: environment.get_template(name))

    def render(
        self,
        name: str,
        values: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> str:
        """Renders one template. ``filters`` are added for this call."""
        environment = self._with_filters(filters or {})
        return _translated(name, lambda: environment.get_template(name).render(values))

    def _with_filters(self, filters: Mapping[str, Callable[..., Any]]) -> jinja2.Environment:
        environment = self._environment.overlay()
        environment.filters = {**self._environment.filters, **filters}
        return environment


def _environment(folders: tuple[Path, ...]) -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # the output is a prompt or Markdown; HTML is made elsewhere
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["plural"] = _plural
    return environment


def _plural(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _translated(name: str, action: Callable[[], Value]) -> Value:
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


def export(library: TemplateLibrary, folder: Path) -> int:
    """Copies every file of the library; raises TemplateError rather than overwrite one."""
    for name in library.files():
        target = folder / name
        if target.exists():
            raise TemplateError(f"{target} is there already", remedy="Name an empty folder.")
    for name in library.files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(library.text(name), encoding="utf-8")
    return len(library.files())
