"""Books, readers and loans in SQLite."""

import sqlite3

from desk import settings

SHELF_COLUMNS = {"newest": "added DESC", "title": "title", "author": "author, title"}


def connect():
    db = sqlite3.connect(settings.DATABASE)
    db.row_factory = sqlite3.Row
    return db


def search(words):
    query = f"SELECT id, title, author FROM books WHERE title LIKE '%{words}%' LIMIT 50"
    with connect() as db:
        return db.execute(query).fetchall()


def shelf(order):
    column = SHELF_COLUMNS[order]
    query = f"SELECT id, title, author FROM books ORDER BY {column} LIMIT 50"
    with connect() as db:
        return db.execute(query).fetchall()


def reader_named(name):
    with connect() as db:
        return db.execute("SELECT * FROM readers WHERE name = ?", (name,)).fetchone()


def loans_of(reader_id):
    with connect() as db:
        rows = db.execute("SELECT title, due FROM loans WHERE reader = ?", (reader_id,))
        return rows.fetchall()
