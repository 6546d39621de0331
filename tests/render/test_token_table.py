"""Where the tokens of a pack go."""

from __future__ import annotations

import json

import pytest
from support.packing import Packed, pack_texts

from scout_codebase.records import Omission, OmissionReason
from scout_codebase.render.token_table import token_data, token_text

TEXTS = {
    "README.md": "# Shop\n",
    "src/api/a.py": "value = 1\n" * 40,
    "src/api/b.py": "value = 1\n" * 20,
    "src/c.py": "value = 1\n" * 30,
    "docs/new\nline.md": "text\n",
}


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts(TEXTS, (Omission("logo.png", OmissionReason.BINARY, 10),))


def test_files_and_sections_add_up_to_the_whole(packed: Packed) -> None:
    data = token_data(packed.pack, 100_000, top=100)
    files = sum(row["tokens"] for row in data["files"])
    assert files + sum(data["sections"].values()) == data["tokens"] == packed.pack.tokens
    assert data["window"] - data["left"] == data["tokens"]
    assert (data["files_packed"], data["files_omitted"]) == (5, 1)
    assert set(data["sections"]) == {"preamble", "components", "paths"}
    json.dumps(data)


def test_largest_come_first_and_folders_hold_what_is_below_them(packed: Packed) -> None:
    data = token_data(packed.pack, 100_000, top=100)
    tokens = {row["path"]: row["tokens"] for row in data["files"]}
    folders = {row["path"]: row["tokens"] for row in data["folders"]}
    assert list(folders) == ["src", "src/api", "docs"]
    assert folders["src/api"] == tokens["src/api/a.py"] + tokens["src/api/b.py"]
    assert folders["src"] == folders["src/api"] + tokens["src/c.py"]
    assert list(tokens.values()) == sorted(tokens.values(), reverse=True)
    assert "docs/new\\nline.md" in tokens


@pytest.mark.parametrize("top", [1, 2, 3])
def test_no_more_rows_than_asked_for(packed: Packed, top: int) -> None:
    data = token_data(packed.pack, 100_000, top)
    assert [row["path"] for row in data["files"]] == ["src/api/a.py", "src/c.py", "src/api/b.py"][
        :top
    ]
    assert len(data["folders"]) == top


def test_the_table_has_a_line_for_each_row(packed: Packed) -> None:
    text = token_text(token_data(packed.pack, 100, top=100))
    lines = text.split("\n")
    assert lines[0].startswith(f"{packed.pack.tokens:,} tokens in 5 files; window 100; -")
    assert sum(line.rstrip().endswith("src/api/a.py") for line in lines) == 1
    assert "docs/new\\nline.md" in text
    assert lines[-1].startswith("Besides the files: preamble ")
    assert all("█" in line for line in lines if line.startswith("  "))


def test_a_pack_without_files_has_a_table() -> None:
    data = token_data(pack_texts({}).pack, 1_000, top=5)
    assert data["files"] == data["folders"] == []
    assert token_text(data).startswith(f"{data['tokens']} tokens in 0 files")
