"""Small facts by key, kept from run to run in one SQLite file.

The cache may be lost or wrong at any moment and nothing but time is lost with it. Every row bears
a digest of its value, so that damage is noticed; a file that is damaged is made anew; one that
cannot be used (a full disk, no permission, held by another process) is done without, for this run.
Each of these is said once. Several processes may use one file: SQLite's own locks keep them apart
(https://www.sqlite.org/lockingv3.html), and a process that is killed leaves a journal that the
next one rolls back.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType

_SCHEMA = 1
_BUSY_SECONDS = 5.0
_CHUNK = 500
_DAY = 86_400
_KEPT_DAYS = 60
_REFRESHED_DAYS = 7
_DAMAGE = (
    *("malformed", "not a database", "no such table", "no such column", "columns but"),
    "Could not decode",
)

_TABLE = """
    CREATE TABLE IF NOT EXISTS facts (
        key BLOB PRIMARY KEY, value BLOB NOT NULL, digest BLOB NOT NULL, used INTEGER NOT NULL
    ) WITHOUT ROWID
"""


class FactsCache:
    """A mapping of keys to values, both bytes, in the file ``path``. ``warn`` is told what went
    wrong; no method raises for what is wrong with the file. Several threads may use it."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._path, self._warn = path, warn
        self._today = int(time.time()) // _DAY
        self._connection: sqlite3.Connection | None = None
        self._one_at_a_time = Lock()
        try:
            self._connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            self._recover(error)

    def __enter__(self) -> FactsCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there; damaged ones are left out."""
        found: dict[bytes, bytes] = {}
        self._guard(lambda connection: self._read(connection, list(keys), found))
        return found

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """All of them or, where the file cannot be written, none."""
        rows = [(key, value, _digest(key, value), self._today) for key, value in values.items()]
        if rows:
            self._guard(lambda connection: self._write(connection, rows))

    # --- what may go wrong ---

    def _guard(self, action: Callable[[sqlite3.Connection], None]) -> None:
        with self._one_at_a_time:
            if self._connection is not None:
                try:
                    action(self._connection)
                except (sqlite3.Error, OSError) as error:
                    self._recover(error)

    def _recover(self, error: Exception) -> None:
        self.close()
        if _is_damage(error) and self._remove():
            with suppress(sqlite3.Error, OSError):
                self._connection = self._connect()
                self._warn(f"the cache {self._path} was damaged ({error}) and is made anew")
                return
        self._warn(f"the cache {self._path} cannot be used ({error}); this run does without")

    def _remove(self) -> bool:
        try:
            for suffix in ("", "-journal", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    # --- the database ---

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _SCHEMA):
            raise sqlite3.DatabaseError(f"{_DAMAGE[0]}: its schema has version {version}")
        # Losing the last rows at a power cut costs time only, waiting for the disk always does.
        connection.execute("PRAGMA synchronous = OFF")
        if version == 0:
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA user_version = {_SCHEMA}")

    def _read(
        self, connection: sqlite3.Connection, keys: list[bytes], found: dict[bytes, bytes]
    ) -> None:
        stale: list[tuple[int, bytes]] = []
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, value, digest, used FROM facts WHERE key IN ({marks})"  # noqa: S608
            for key, value, digest, used in connection.execute(query, chunk):
                if isinstance(value, bytes) and digest == _digest(key, value):
                    found[key] = value
                if not isinstance(used, int) or used + _REFRESHED_DAYS < self._today:
                    stale.append((self._today, key))
        if stale:
            self._refresh(connection, stale)

    def _refresh(self, connection: sqlite3.Connection, stale: list[tuple[int, bytes]]) -> None:
        """Notes what is still in use, and drops what nobody asked for in a long time."""
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("UPDATE facts SET used = ? WHERE key = ?", stale)
            connection.execute("DELETE FROM facts WHERE used < ?", (self._today - _KEPT_DAYS,))

    def _write(
        self, connection: sqlite3.Connection, rows: list[tuple[bytes, bytes, bytes, int]]
    ) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)


def _digest(key: bytes, value: bytes) -> bytes:
    """Of both: a value that stands behind another's key is damage too."""
    return hashlib.blake2b(value, key=key, digest_size=8).digest()


def _is_damage(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and any(words in str(error) for words in _DAMAGE)
