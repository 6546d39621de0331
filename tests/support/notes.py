"""A small web application with one weakness: the order of the notes is put into a query."""

NOTES = {
    "README.md": "# Notes\n\nKeeps notes of a user in SQLite. Run it with `python -m notes`.\n",
    "notes/__init__.py": '"""Notes."""\n',
    "notes/store.py": (
        "import sqlite3\n\n\n"
        "class NoteStore:\n"
        "    def __init__(self, path):\n"
        "        self.db = sqlite3.connect(path)\n\n"
        "    def add(self, user, text):\n"
        '        self.db.execute("INSERT INTO notes VALUES (?, ?)", (user, text))\n\n'
        "    def search(self, user, order):\n"
        '        query = f"SELECT text FROM notes WHERE user = ? ORDER BY {order}"\n'
        "        return self.db.execute(query, (user,)).fetchall()\n"
    ),
    "notes/web.py": (
        "import os\n\n"
        "from flask import Flask, request\n\n"
        "from notes.store import NoteStore\n\n"
        "app = Flask(__name__)\n"
        'store = NoteStore(os.environ["NOTES_DB"])\n\n\n'
        '@app.get("/notes/<user>")\n'
        "def list_notes(user):\n"
        '    return store.search(user, request.args["order"])\n'
    ),
    "notes/__main__.py": 'from notes.web import app\n\nif __name__ == "__main__":\n    app.run()\n',
}
