"""A session with the embedded engine and its real model."""

from __future__ import annotations

import pytest
from support.packing import pack_texts

from scout_codebase.asking.dialogue import Dialogue
from scout_codebase.asking.views import Nowhere
from scout_codebase.engines.base import Engine
from scout_codebase.pipeline import Packed
from scout_codebase.progress import Reporter
from scout_codebase.session import Session
from scout_codebase.settings import AskSettings, EngineSettings, SelectionSettings
from scout_codebase.templates import TemplateLibrary

pytestmark = pytest.mark.embedded

TEXTS = {
    "notes/store.py": (
        "import sqlite3\n\n\n"
        "class NoteStore:\n"
        "    def __init__(self, path):\n"
        "        self.db = sqlite3.connect(path)\n\n"
        "    def add(self, user, text):\n"
        '        self.db.execute("INSERT INTO notes VALUES (?, ?)", (user, text))\n'
    ),
    "notes/web.py": 'import os\n\nDATABASE = os.environ["NOTES_DB"]\n',
}


def test_a_real_model_cites_and_is_held_to_it(embedded_engine: Engine) -> None:
    made = pack_texts(TEXTS)
    session = Session(Packed(made.graph, made.pack), embedded_engine, Reporter(quiet=True))
    settings = AskSettings(SelectionSettings("."), EngineSettings(), answer_tokens=160)
    dialogue = Dialogue(session, TemplateLibrary(), settings, "")
    first = dialogue.ask("Which line inserts a note into the database?", Nowhere())
    second = dialogue.ask("And which line opens that database?", Nowhere())
    assert first.citations
    assert any(citation.verified for turn in (first, second) for citation in turn.citations)
    for citation in dialogue.citations:
        found = citation.evidence
        if citation.verified and "..." not in citation.quote and "…" not in citation.quote:
            lines = TEXTS[found.path].splitlines()[found.start_line - 1 : found.end_line]
            assert "".join(citation.quote.split()) in "".join("".join(lines).split())
    cached, read = second.answer.cached_tokens, second.answer.prompt_tokens
    assert cached is not None
    assert read is not None
    assert cached > 0.4 * read
