"""The cache of facts, and everything that can happen to its file."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scout_codebase import cache as module
from scout_codebase.cache import FactsCache

VALUES = {bytes([number]) * 16: bytes([number]) * (number * 20) for number in range(1, 120)}


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "facts.sqlite3"


@pytest.fixture
def cache(file: Path, warnings: list[str]) -> Iterator[FactsCache]:
    with FactsCache(file, warnings.append) as opened:
        yield opened


def fill(file: Path) -> None:
    with FactsCache(file, pytest.fail) as opened:
        opened.write(VALUES)


def test_what_is_written_is_read_by_the_next_run(file: Path) -> None:
    fill(file)
    with FactsCache(file, pytest.fail) as again:
        assert again.read([*VALUES, b"unknown key ...."]) == VALUES


def test_more_keys_than_a_statement_takes(cache: FactsCache) -> None:
    many = {number.to_bytes(16, "big"): b"x" for number in range(2500)}
    cache.write(many)
    assert cache.read(many) == many


def test_a_later_value_replaces_an_earlier_one(cache: FactsCache) -> None:
    cache.write({b"key": b"old"})
    cache.write({b"key": b"new"})
    assert cache.read([b"key"]) == {b"key": b"new"}


@pytest.mark.parametrize("content", [b"not a database at all", b"\0" * 8192, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_made_anew(
    file: Path, warnings: list[str], content: bytes
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with FactsCache(file, warnings.append) as opened:
        opened.write(VALUES)
        assert opened.read(VALUES) == VALUES
    assert len(warnings) == 1
    assert "made anew" in warnings[0]
    assert str(file) in warnings[0]


def test_a_file_of_another_version_of_the_tool_is_made_anew(
    file: Path, warnings: list[str]
) -> None:
    fill(file)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    with FactsCache(file, warnings.append) as opened:
        assert opened.read(VALUES) == {}
    assert len(warnings) == 1


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_become_facts(file: Path, warnings: list[str], seed: int) -> None:
    fill(file)
    dice = random.Random(seed)
    data = bytearray(file.read_bytes())
    for _ in range(dice.choice([1, 10, 200])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    if seed % 5 == 0:
        del data[dice.randrange(len(data)) :]
    file.write_bytes(data)
    with FactsCache(file, warnings.append) as opened:
        found = opened.read(VALUES)
        assert found.items() <= VALUES.items()
        opened.write(VALUES)
    with FactsCache(file, warnings.append) as again:
        assert again.read(VALUES).items() <= VALUES.items()


def test_values_that_changed_places_are_left_out(file: Path, warnings: list[str]) -> None:
    fill(file)
    first, second = list(VALUES)[:2]
    with sqlite3.connect(file) as connection:
        row = connection.execute("SELECT value, digest FROM facts WHERE key = ?", [first])
        connection.execute(
            "UPDATE facts SET value = ?, digest = ? WHERE key = ?", [*row.fetchone(), second]
        )
    with FactsCache(file, warnings.append) as opened:
        assert set(opened.read([first, second])) == {first}


@pytest.mark.parametrize("value", ["text", b"bytes", 1.5])
def test_a_date_that_is_none_is_set_anew(file: Path, value: object) -> None:
    fill(file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE facts SET used = ?", [value])
    with FactsCache(file, pytest.fail) as opened:
        assert opened.read(VALUES) == VALUES
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT DISTINCT typeof(used) FROM facts").fetchall() == [
            ("integer",)
        ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE facts SET value = CAST(x'ff' AS TEXT)",
        "ALTER TABLE facts ADD COLUMN more",
        "ALTER TABLE facts DROP COLUMN digest",
    ],
)
def test_rows_of_another_shape_are_made_anew(file: Path, warnings: list[str], damage: str) -> None:
    fill(file)
    with sqlite3.connect(file) as connection:
        connection.execute(damage)
    with FactsCache(file, warnings.append) as opened:
        opened.read(VALUES)
        opened.write(VALUES)
    assert len(warnings) == 1
    assert "made anew" in warnings[0]
    with FactsCache(file, pytest.fail) as again:
        again.write(VALUES)
        assert again.read(VALUES) == VALUES


def test_a_path_that_cannot_be_written_is_done_without(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    with FactsCache(tmp_path / "file" / "facts.sqlite3", warnings.append) as opened:
        opened.write(VALUES)
        assert opened.read(VALUES) == {}
    assert len(warnings) == 1
    assert "does without" in warnings[0]


def test_a_file_that_another_process_holds_is_done_without(
    file: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file)
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with FactsCache(file, warnings.append) as opened:
        opened.write({b"key": b"value"})
    assert len(warnings) == 1
    holder.execute("ROLLBACK")
    with FactsCache(file, pytest.fail) as again:
        assert again.read(VALUES) == VALUES


FILL_UNTIL_FULL = """
import resource, signal, sys
from pathlib import Path
from scout_codebase.cache import FactsCache
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
with FactsCache(Path(sys.argv[1]), lambda text: print(text)) as cache:
    for number in range(100):
        cache.write({number.to_bytes(16, "big"): b"x" * 10_000})
print("went on")
"""


def test_a_full_disk_is_done_without(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL_UNTIL_FULL, str(file)], capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines), lines[-1]) == (0, 2, "went on"), done
    assert "does without" in lines[0]
    with FactsCache(file, pytest.fail) as again:
        keys = [number.to_bytes(16, "big") for number in range(100)]
        assert set(again.read(keys).values()) <= {b"x" * 10_000}


WRITE_MANY = """
import sys
from pathlib import Path
from scout_codebase.cache import FactsCache
with FactsCache(Path(sys.argv[1]), lambda text: sys.exit(text)) as cache:
    for number in range(int(sys.argv[2]), 2000, 2):
        cache.write({number.to_bytes(16, "big"): str(number).encode() * 100})
        print(number, flush=True)
"""


def test_two_processes_at_once(file: Path) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", WRITE_MANY, str(file), str(first)], stdout=-3)
        for first in (0, 1)
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    with FactsCache(file, pytest.fail) as opened:
        found = opened.read(number.to_bytes(16, "big") for number in range(2000))
    assert len(found) == 2000
    for key, value in found.items():
        assert value == str(int.from_bytes(key, "big")).encode() * 100


def test_a_process_that_is_killed_while_it_writes(file: Path) -> None:
    for stop in (5, 50, 300):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE_MANY, str(file), "0"], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        written: list[int] = []
        while len(written) < stop:
            written.append(int(process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with FactsCache(file, pytest.fail) as opened:
            found = opened.read(number.to_bytes(16, "big") for number in written)
        assert len(found) == len(written)


def test_what_nobody_asks_for_is_dropped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    fill(file)
    kept, dropped = list(VALUES)[:2]
    for days in (30, 65):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 86_400)
        with FactsCache(file, pytest.fail) as opened:
            assert set(opened.read([kept])) == {kept}
    with FactsCache(file, pytest.fail) as opened:
        assert set(opened.read([kept, dropped])) == {kept}
