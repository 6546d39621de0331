"""The report folder: pages appear whole or not at all, and an old page never passes for new."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scout_codebase.errors import UsageError
from scout_codebase.records import Report, RunRecord, Snapshot
from scout_codebase.render.atomic import write_atomically
from scout_codebase.render.html import render_html
from scout_codebase.render.json import render_json
from scout_codebase.render.markdown import render_markdown
from scout_codebase.render.sarif import render_sarif
from scout_codebase.render.site import RECORD, write_site
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

    def set_aside(self, names: Iterable[str], *, keep_sites: bool = False) -> None:
        """Moves the reports of an earlier run into ``previous/``: a run that fails must not leave
        a page behind that looks like its own. ``keep_sites`` leaves the pages of a site, of which
        some are to be written anew. Raises UsageError where the folder cannot be written."""
        try:
            self._make_folder()
            for name in names:
                for stem in (name, f"{name}.incomplete"):
                    for suffix in (*_SUFFIXES_BESIDE, *(row.suffix for row in DATA_FORMATS)):
                        self._move_aside(self.folder / f"{stem}.{suffix}")
                    if not keep_sites:
                        self._move_site_aside(self.folder / stem)
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

    def _move_site_aside(self, site: Path) -> None:
        if (site / RECORD).is_file():
            previous = self.folder / PREVIOUS / site.name
            shutil.rmtree(previous, ignore_errors=True)
            previous.parent.mkdir(exist_ok=True)
            site.replace(previous)

    def write(
        self,
        report: Report,
        run: RunRecord,
        snapshot: Snapshot,
        repository: Mapping[str, Any],
        library: TemplateLibrary,
        filters: Mapping[str, Any],
        *,
        allow_partial: bool,
    ) -> Path:
        """The page of one report, which stands beside its data in each format; one with pictures as
        HTML too, which holds them. A report with failed sections is called ``.incomplete`` unless
        ``allow_partial``."""
        incomplete = report.failures and not allow_partial
        stem = f"{report.name}.incomplete" if incomplete else report.name
        for row in DATA_FORMATS:
            if report.rules or not row.of_findings:
                text = row.render(report, run, snapshot)
                write_atomically(self.folder / f"{stem}.{row.suffix}", text)
        for name, picture in report.pictures.items():
            write_atomically(self.folder / name, picture)
        text = render_markdown(report, run, repository, library, filters)
        if report.pictures:
            html = render_html(f"{report.title}: {snapshot.name}", text, report.pictures)
            write_atomically(self.folder / f"{stem}.html", html)
        if report.site:
            name = report.name if report.site.keeps else stem
            write_site(self.folder / name, report.site, snapshot)
        page = self.folder / f"{stem}.md"
        write_atomically(page, text)
        self.pages[report.name] = page
        return page
