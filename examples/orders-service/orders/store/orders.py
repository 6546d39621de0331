"""Orders in SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    item TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    cents INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open'
)
"""
GROUPS = {"customer": "customer", "product": "item"}


class NotFoundError(Exception):
    pass


@dataclass(frozen=True)
class Order:
    id: int
    customer: str
    item: str
    quantity: int
    cents: int
    status: str


class OrderStore:
    def __init__(self, path: Path) -> None:
        self.path = path
        with self._database() as db:
            db.execute(SCHEMA)

    def add(self, customer: str, item: str, quantity: int, cents: int) -> Order:
        with self._database() as db:
            row = db.execute(
                "INSERT INTO orders (customer, item, quantity, cents)"
                " VALUES (?, ?, ?, ?) RETURNING *",
                (customer, item, quantity, cents),
            ).fetchone()
        return Order(**row)

    def get(self, order_id: int) -> Order:
        with self._database() as db:
            query = "SELECT * FROM orders WHERE id = ?"
            row = db.execute(query, (order_id,)).fetchone()
        if row is None:
            raise NotFoundError(f"order {order_id}")
        return Order(**row)

    def find(self, status: str, sort: str) -> list[Order]:
        query = f"SELECT * FROM orders WHERE status = ? ORDER BY {sort}"
        with self._database() as db:
            return [Order(**row) for row in db.execute(query, (status,))]

    def totals(self, group: str) -> dict[str, int]:
        column = GROUPS[group]
        query = f"SELECT {column}, SUM(cents) FROM orders GROUP BY {column}"
        with self._database() as db:
            return dict(db.execute(query).fetchall())

    def mark_shipped(self, order_id: int) -> None:
        with self._database() as db:
            query = "UPDATE orders SET status = 'shipped' WHERE id = ?"
            db.execute(query, (order_id,))

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path)
        db.row_factory = sqlite3.Row
        try:
            with db:
                yield db
        finally:
            db.close()
