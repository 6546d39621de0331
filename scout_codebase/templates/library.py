"""The report definitions and their templates: where they lie, and how they are rendered.

A report is a folder: ``report.toml`` (a title and its questions), a Jinja template and, for answers
that are data, a JSON Schema for each question, and ``report.md.j2`` for the page. The folders that
ship with the package can be overlaid file by file by a folder of the user's. Templates run in
Jinja's immutable sandbox with strict undefined variables: they see values and can call nothing of
the machine.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scout_codebase.errors import TemplateError
from scout_codebase.templates.positions import toml_error
from scout_codebase.templates.style import Style

if TYPE_CHECKING:  # Jinja is loaded when something is rendered: many commands render nothing
    import jinja2

_MODEL = "_new/"
_REPORT_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """The templates inside the installed package, or beside it in a source checkout."""
    installed = _PACKAGE / "_prompts"
    return installed if installed.is_dir() else _PACKAGE.parent / "prompts"


class TemplateLibrary:
    """Reads and renders what lies under the template folders; the first folder that has a file
    wins. Raises TemplateError, naming the file and the line, for whatever is broken."""

    def __init__(self, overlay: Path | None = None, style: Style | None = None) -> None:
        self.style = style or Style()
        if overlay is not None and not overlay.is_dir():
            raise TemplateError(f"{overlay} is not a folder", remedy="Give --prompts a folder.")
        self.folders = tuple(folder for folder in (overlay, shipped_folder()) if folder)
        self._compiled: dict[frozenset[str], jinja2.BytecodeCache] = {}

    def unstyled(self) -> TemplateLibrary:
        """The same templates, with nothing said of how to write."""
        if self.style == Style():
            return self
        plain = TemplateLibrary()
        plain.folders = self.folders
        return plain

    def report_names(self) -> tuple[str, ...]:
        """Every folder that holds a ``report.toml``, sorted; those that begin with ``_`` are none
        by themselves."""
        found = {
            path.parent.name for folder in self.folders for path in folder.glob("[!_]*/report.toml")
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
        leads_out = Path(name).is_absolute() or ".." in Path(name).parts
        for folder in () if leads_out else self.folders:
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
            raise TemplateError(toml_error(name, str(error))) from error

    def json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads(self.text(name))
        except json.JSONDecodeError as error:
            raise TemplateError(f"{name}:{error.lineno}: {error.msg}") from error
        if not isinstance(value, dict):
            raise TemplateError(f"{name}: the schema must be a JSON object")
        return value

    def compile(
        self, name: str, filters: Iterable[str] = (), variables: Iterable[str] | None = None
    ) -> None:
        """Raises TemplateError where the template cannot be compiled, uses a filter that is neither
        Jinja's nor in ``filters``, or a variable that is not in ``variables``, where these are
        given. What it includes or imports counts as part of it."""
        from scout_codebase.templates.sandbox import check_variables, translated

        environment = self._with_filters(dict.fromkeys(filters, str))
        translated(name, lambda: environment.get_template(name))
        if variables is not None:
            check_variables(environment, name, frozenset(variables), self.text)

    def render(
        self,
        name: str,
        values: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> str:
        """Renders one template. ``filters`` are added for this call."""
        from scout_codebase.templates.sandbox import translated

        environment = self._with_filters(filters or {})
        return translated(name, lambda: environment.get_template(name).render(values))

    @cached_property
    def _environment(self) -> jinja2.Environment:
        from scout_codebase.templates.sandbox import make_environment

        return make_environment(self.folders, self.style.variables)

    def _with_filters(self, filters: Mapping[str, Callable[..., Any]]) -> jinja2.Environment:
        from scout_codebase.templates.sandbox import Compiled

        environment = self._environment.overlay()
        environment.filters = {**self._environment.filters, **filters}
        environment.bytecode_cache = self._compiled.setdefault(frozenset(filters), Compiled())
        return environment


def new_report(library: TemplateLibrary, name: str, folder: Path) -> tuple[Path, ...]:
    """Writes a report definition that works as it is, to be changed: the files, in order. Raises
    TemplateError for a name that cannot be or is taken, and where nothing can be written."""
    if not _REPORT_NAME.fullmatch(name):
        raise TemplateError(
            f"{name!r} is no name of a report",
            remedy="Use small letters, digits and hyphens, a letter first.",
        )
    taken = {file.partition("/")[0] for file in library.files()}
    if name in taken:
        raise TemplateError(f"There is a {name} already", remedy="Choose another name.")
    written = []
    for file in library.files():
        if file.startswith(_MODEL):
            text = library.text(file).replace("NEW_NAME", name)
            text = text.replace("NEW_TITLE", name.replace("-", " ").capitalize())
            written.append(_write_new(folder / name / file.removeprefix(_MODEL), text))
    return tuple(written)


def export(library: TemplateLibrary, folder: Path) -> int:
    """Copies every file of the library; raises TemplateError rather than overwrite one, and where
    one cannot be written."""
    for name in library.files():
        target = folder / name
        if target.exists():
            raise TemplateError(f"{target} is there already", remedy="Name an empty folder.")
    for name in library.files():
        _write_new(folder / name, library.text(name))
    return len(library.files())


def _write_new(target: Path, text: str) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise TemplateError(f"{target} cannot be written: {error.strerror}") from error
    return target
