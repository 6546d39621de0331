"""The report folder: pages appear whole or not at all, and an old page never passes for new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scout_codebase.errors import UsageError
from scout_codebase.records import Report, RunRecord, Snapshot
from scout_codebase.render.atomic import write_atomically
from scout_codebase.render.html import INDEX, Overview, Written, index_html, report_html
from scout_codebase.render.json import render_json
from scout_codebase.render.markdown import render_markdown
from scout_codebase.render.sarif import render_sarif
from scout_codebase.templates import TemplateLibrary

PREVIOUS = "previous"
_SUFFIXES_BESIDE = ("md", "svg", "html")


@dataclass(frozen=True, slots=True)
class DataFormat:
    """What a script reads of a report, beside the page. ``of_findings``: only reports that look for
    findings have it."""

    suffix: str
    render: Callable[[Report, RunRecord, Snapshot], str]
    of_findings: bool = False


DATA_FORMATS = (
    DataFormat("json", lambda report, run, _: render_json(report, run)),
    DataFormat("sarif", render_sarif, of_findings=True),
)


class ReportFiles:
    """Writes the files of one run into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, Path] = {}
        self._written: list[Written] = []

    def set_aside(self, names: Iterable[str]) -> None:
        """Moves the reports of an earlier run into ``previous/``: a run that fails must not leave
        a page behind that looks like its own. Raises UsageError where the folder cannot be
        written."""
        try:
            self._make_folder()
            self._move_aside(self.folder / INDEX)
            for name in names:
                for stem in (name, f"{name}.incomplete"):
                    for suffix in (*_SUFFIXES_BESIDE, *(row.suffix for row in DATA_FORMATS)):
                        self._move_aside(self.folder / f"{stem}.{suffix}")
        except OSError as error:
            raise UsageError(
                f"{self.folder} cannot be written: {error.strerror}",
                remedy="Name another folder with --out.",
            ) from error

    def _make_folder(self) -> None:
        """A new folder tells git to ignore it, so that a review of the repository around it does
        not read its own reports."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")

    def _move_aside(self, path: Path) -> None:
        if path.is_file():
            previous = self.folder / PREVIOUS
            previous.mkdir(exist_ok=True)
            path.replace(previous / path.name)

    def write(
        self,
        report: Report,
        run: RunRecord,
        snapshot: Snapshot,
        repository: Mapping[str, Any],
        library: TemplateLibrary,
        filters: Mapping[str, Any],
        overview: Overview,
        *,
        allow_partial: bool,
    ) -> Path:
        """The page of one report, which stands beside its data in each format and beside itself as
        HTML; the index of what was written so far. A report with failed sections is called
        ``.incomplete`` unless ``allow_partial``."""
        incomplete = report.failures and not allow_partial
        stem = f"{report.name}.incomplete" if incomplete else report.name
        rows = [row for row in DATA_FORMATS if report.rules or not row.of_findings]
        for row in rows:
            text = row.render(report, run, snapshot)
            write_atomically(self.folder / f"{stem}.{row.suffix}", text)
        for name, picture in report.pictures.items():
            write_atomically(self.folder / name, picture)
        text = render_markdown(report, run, repository, library, filters)
        html = report_html(report, text, overview)
        write_atomically(self.folder / f"{stem}.html", html)
        page = self.folder / f"{stem}.md"
        write_atomically(page, text)
        self.pages[report.name] = page
        suffixes = ("html", "md", *(row.suffix for row in rows))
        self._written.append(Written(report, tuple(f"{stem}.{suffix}" for suffix in suffixes)))
        self._write_index(run, overview)
        return page

    def _write_index(self, run: RunRecord, overview: Overview) -> None:
        """Again behind each report: a run that fails leaves an index of what it wrote."""
        own = {INDEX, *(name for row in self._written for name in row.files)}
        others = sorted(path.name for path in self.folder.glob("*.html") if path.name not in own)
        html = index_html(self._written, others, run, overview)
        write_atomically(self.folder / INDEX, html)
