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
from scout_codebase.render.formats import FORMATS
from scout_codebase.render.html import INDEX, Overview, Written, index_html, report_html
from scout_codebase.render.json import render_json
from scout_codebase.render.markdown import render_markdown
from scout_codebase.render.result import RESULT_NAME
from scout_codebase.render.sarif import render_sarif
from scout_codebase.render.site import BUILT, PAGES, RECORD, write_site
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


RUN_FILES = (RESULT_NAME, *(name for row in FORMATS.values() for name in row.files))
"""What speaks of a whole review."""


class ReportFiles:
    """Writes the files of one run into one folder. ``written`` are the names of the files of each
    report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, Path] = {}
        self.written: dict[str, tuple[str, ...]] = {}
        self._reports: list[Report] = []
        self._shown: tuple[RunRecord, Overview] | None = None

    def set_aside(
        self, names: Iterable[str], files: Iterable[str] = (), *, keep_sites: bool = False
    ) -> None:
        """Moves the reports of an earlier run, and other ``files`` of it, into ``previous/``: a run
        that fails must not leave a page behind that looks like its own. Where a report goes, so
        does the index. ``keep_sites`` leaves the pages of a site, of which some are to be written
        anew. Raises UsageError where the folder cannot be written, or a report would have the name
        of another file."""
        names = list(names)
        try:
            self._make_folder()
            for file in (*([INDEX] if names else ()), *files):
                self._move_aside(self.folder / file)
            for name in names:
                self._refuse_taken(name)
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

    def _refuse_taken(self, name: str) -> None:
        taken = {f"{name}.json", f"{name}.html"} & {*RUN_FILES, INDEX}
        if taken:
            raise UsageError(
                f"a report cannot be called {name!r}: {taken.pop()} is about the whole review",
                remedy="Give its folder another name.",
            )

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
        overview: Overview,
        *,
        allow_partial: bool,
    ) -> Path:
        """The page of one report, which stands beside its data in each format and beside itself as
        HTML; the index of what was written so far. A report with failed sections is called
        ``.incomplete`` unless ``allow_partial``, and always where a limit ended it."""
        incomplete = report.stopped or (report.failures and not allow_partial)
        stem = f"{report.name}.incomplete" if incomplete else report.name
        texts = {
            f"{stem}.{row.suffix}": row.render(report, run, snapshot)
            for row in DATA_FORMATS
            if report.rules or not row.of_findings
        }
        page = render_markdown(report, run, repository, library, filters)
        texts |= report.pictures
        texts[f"{stem}.html"] = report_html(report, page, overview)
        texts[f"{stem}.md"] = page
        if report.site:
            write_site(self.folder / report.site.folder, report.site, snapshot)
        for name, text in texts.items():
            self.write_text(name, text)
        self.written[report.name] = tuple(sorted(texts))
        self.pages[report.name] = self.folder / f"{stem}.md"
        self._reports.append(report)
        self._shown = (run, overview)
        self._write_index(run, overview)
        return self.pages[report.name]

    def write_of_run(self, texts: Mapping[str, str]) -> None:
        """The files about the whole review, in this order and after all else: the index comes
        first, and names them. Raises UsageError where one cannot be written."""
        if self._shown:
            self._write_index(*self._shown, tuple(texts))
        for name, text in texts.items():
            self.write_text(name, text)

    def _write_index(
        self, run: RunRecord, overview: Overview, of_run: tuple[str, ...] = ()
    ) -> None:
        """Again behind each report: a run that fails leaves an index of what it wrote."""
        written = [
            Written(report, self.written[report.name], self._first_page(report))
            for report in self._reports
        ]
        own = {INDEX, *(name for row in written for name in row.files)}
        others = sorted(path.name for path in self.folder.glob("*.html") if path.name not in own)
        self.write_text(INDEX, index_html(written, others, run, overview, of_run))

    def _first_page(self, report: Report) -> str:
        """Where the reader of a site begins: as it was built beside its pages, else as Markdown.
        "" for a report that is none."""
        if report.site is None or not report.site.record.pages:
            return ""
        built = f"{report.site.folder}/{BUILT}/index.html"
        first = f"{report.site.folder}/{PAGES}/{report.site.record.pages[0].path}"
        return built if (self.folder / built).is_file() else first

    def write_text(self, name: str, text: str) -> None:
        """One file. Raises UsageError where it cannot be written."""
        write_atomically(self.folder / name, text)
