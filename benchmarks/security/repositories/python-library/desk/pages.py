"""The few pages that are written by hand."""

from html import escape


def results(words, books):
    rows = "".join(f"<li>{escape(book['title'])}</li>" for book in books)
    return f"<h1>Books with {words}</h1><ul>{rows}</ul>"


def loans(reader, rows):
    name = escape(reader)
    items = "".join(f"<li>{escape(row['title'])}, due {row['due']}</li>" for row in rows)
    return f"<h1>Loans of {name}</h1><ul>{items}</ul>"
