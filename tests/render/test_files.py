"""Pages appear whole or not at all, and an old page never passes for new."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from support.findings import RUN, report_of
from support.html import overview_of
from support.packing import pack_texts, snapshot_of

from scout_codebase.errors import UsageError
from scout_codebase.records import AskedQuestion, Evidence, Grade, Report, Snapshot
from scout_codebase.render.atomic import write_atomically
from scout_codebase.render.files import ReportFiles
from scout_codebase.templates import TemplateLibrary

REPOSITORY = {
    "name": "shop",
    "folder": "",
    "revision": "1111111111",
    "commit": "1" * 40,
    "branch": "main",
    "date": "2024-01-02",
    "dirty": False,
    "masked": 2,
}
FILTERS = dict.fromkeys(("code_cell", "code_span", "name"), str)


def report(name: str = "architecture", failure: str = "") -> Report:
    asked = (AskedQuestion(f"{name}/one", 10, 0, 5, 1.0, 0.5, failure),)
    evidence = (Evidence("a.py", "lie", Grade.MISSING),)
    return Report(name, "Title", "The body.\n", (), (), evidence, asked)


def write(
    folder: Path,
    one: Report,
    *,
    allow_partial: bool = False,
    snapshot: Snapshot | None = None,
) -> Path:
    library: Any = TemplateLibrary()
    files, read = ReportFiles(folder), snapshot or snapshot_of({})
    overview = overview_of()
    return files.write(
        one, RUN, read, REPOSITORY, library, FILTERS, overview, allow_partial=allow_partial
    )


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


# --- atomic -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "a\r\nb\n", "ünï\U0001f600"])
def test_the_text_is_written_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.md"
    path.write_text("old")
    write_atomically(path, text)
    assert path.read_bytes() == text.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert names(tmp_path) == ["page.md"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "page.md"
    path.write_text("old")

    def fails(self: Path, mode: int) -> None:
        raise error

    monkeypatch.setattr(Path, "chmod", fails)
    with pytest.raises((UsageError, KeyboardInterrupt)) as caught:
        write_atomically(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["page.md"]
    if isinstance(error, OSError):
        assert str(caught.value) == f"{path} cannot be written: No space left on device"


def test_a_text_that_cannot_be_encoded_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_atomically(tmp_path / "page.md", "lone \ud800")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_or_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nowhere" / "page.md", tmp_path / "file" / "page.md", tmp_path):
        with pytest.raises(UsageError, match="cannot be written"):
            write_atomically(path, "text")
    assert names(tmp_path) == []


def test_a_bare_name_is_written_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically(Path("page.md"), "text")
    assert (tmp_path / "page.md").read_text() == "text"


# --- reports ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "allow_partial", "stem"),
    [
        ("", False, "architecture"),
        ("", True, "architecture"),
        ("it was empty", False, "architecture.incomplete"),
        ("it was empty", True, "architecture"),
    ],
)
def test_how_a_report_is_named(
    tmp_path: Path, failure: str, allow_partial: bool, stem: str
) -> None:
    page = write(tmp_path, report(failure=failure), allow_partial=allow_partial)
    assert page == tmp_path / f"{stem}.md"
    assert names(tmp_path) == [f"{stem}.html", f"{stem}.json", f"{stem}.md", "index.html"]
    text = page.read_text(encoding="utf-8")
    assert text.endswith("The body.\n")
    assert ("INCOMPLETE" in text) is bool(failure)
    data = json.loads((tmp_path / f"{stem}.json").read_text())
    assert data["complete"] is not bool(failure)
    assert [row["grade"] for row in data["evidence"]] == ["missing"]
    assert [row["failure"] for row in data["questions"]] == [failure]


def test_reports_of_an_earlier_run_are_set_aside(tmp_path: Path) -> None:
    write(tmp_path, report())
    write(tmp_path, report(failure="empty"))
    write(tmp_path, report("documentation"))
    (tmp_path / "notes.md").write_text("mine")
    ReportFiles(tmp_path).set_aside(["architecture"])
    stems = ("architecture.incomplete", "architecture")
    assert names(tmp_path) == [
        *(f"documentation.{suffix}" for suffix in ("html", "json", "md")),
        "notes.md",
        *sorted(f"previous/{stem}.{one}" for stem in stems for one in ("html", "json", "md")),
        "previous/index.html",
    ]
    (tmp_path / "architecture.md").write_text("newer")
    ReportFiles(tmp_path).set_aside(["architecture"])
    assert (tmp_path / "previous" / "architecture.md").read_text() == "newer"
    assert not (tmp_path / "architecture.md").exists()


@pytest.mark.parametrize(
    ("failure", "stem"), [("", "security-review"), ("it was empty", "security-review.incomplete")]
)
def test_a_report_of_findings_has_sarif_beside_its_page(
    tmp_path: Path, failure: str, stem: str
) -> None:
    one = report_of(pack_texts({"a.py": "eval(x)\n"}), failure=failure)
    write(tmp_path, one, snapshot=pack_texts({"a.py": "eval(x)\n"}).snapshot)
    suffixes = ("html", "json", "md", "sarif")
    assert names(tmp_path) == sorted([*(f"{stem}.{one}" for one in suffixes), "index.html"])
    (only,) = json.loads((tmp_path / f"{stem}.sarif").read_text())["runs"]
    assert only["invocations"][0]["executionSuccessful"] is not bool(failure)
    data = json.loads((tmp_path / f"{stem}.json").read_text())
    assert [row["fingerprint"] for row in data["findings"]] == [
        row["partialFingerprints"]["scoutReview/v1"] for row in only["results"]
    ]
    ReportFiles(tmp_path).set_aside(["security-review"])
    set_aside = sorted([*(f"{stem}.{one}" for one in suffixes), "index.html"])
    assert names(tmp_path) == [f"previous/{name}" for name in set_aside]


def test_setting_aside_makes_the_folder(tmp_path: Path) -> None:
    ReportFiles(tmp_path / "a" / "b").set_aside(["architecture"])
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--out"):
        ReportFiles(tmp_path / "file" / "out").set_aside(["architecture"])
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
