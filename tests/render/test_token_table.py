"""Where the tokens of a pack go."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.packing import Packed, pack_texts

from scout_codebase.records import Omission, OmissionReason
from scout_codebase.render.token_table import Layout, token_data, token_text

TEXTS = {
    "README.md": "# Shop\n",
    "src/api/a.py": "value = 1\n" * 40,
    "src/api/b.py": "value = 1\n" * 20,
    "src/c.py": "value = 1\n" * 30,
    "docs/new\nline.md": "text\n",
    "java/org/shop/Main.java": "class Main {}\n",
    "java/org/shop/Other.java": "class Other {}\n",
}
OMISSIONS = (
    Omission("logo.png", OmissionReason.BINARY, 10),
    Omission("photo.png", OmissionReason.BINARY, 2_000),
    Omission("lib", OmissionReason.SUBMODULE),
)
RESERVED = {"longest question": 500, "longest reply": 70}


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_texts(TEXTS, OMISSIONS)


def numbers(text: str) -> list[int]:
    """The first number of each line that begins with one."""
    found = (re.match(r" *(-?[\d,]+)  ", line) for line in text.splitlines())
    return [int(match[1].replace(",", "")) for match in found if match]


def test_everything_adds_up(packed: Packed) -> None:
    data = token_data(packed.pack, 100_000, RESERVED)
    files = sum(row["tokens"] for row in data["files"])
    assert files + sum(data["sections"].values()) == data["tokens"] == packed.pack.tokens
    assert data["tokens"] + sum(RESERVED.values()) + data["left"] == data["window"]
    assert (data["files_packed"], data["files_omitted"]) == (7, 3)
    assert set(data["sections"]) == {"preamble", "components", "paths"}
    assert data["folders"][0] == {"path": ".", "tokens": files, "files": 7}
    assert json.loads(json.dumps(data)) == data


PATHS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map("/".join)


@given(st.dictionaries(PATHS, st.integers(0, 30), max_size=12), st.integers(1, 9))
def test_a_folder_weighs_what_its_files_weigh(lines: dict[str, int], top: int) -> None:
    texts = {f"{path}.py": "x = 1\n" * count for path, count in lines.items()}
    pack = pack_texts(texts).pack
    data = token_data(pack, 1_000, {})
    tokens = {row["path"]: row["tokens"] for row in data["files"]}
    assert set(tokens) == set(texts)
    for folder in data["folders"]:
        prefix = "" if folder["path"] == "." else f"{folder['path']}/"
        below = [count for path, count in tokens.items() if path.startswith(prefix)]
        assert (folder["tokens"], folder["files"]) == (sum(below), len(below))
    assert len({row["path"] for row in data["folders"]}) == len(data["folders"])
    for key in ("files", "folders"):
        found = [row["tokens"] for row in data[key]]
        assert found == sorted(found, reverse=True)
    assert _outermost_rows_add_up(token_text(data, Layout(top=top)), data)


def _outermost_rows_add_up(text: str, data: dict[str, int]) -> bool:
    lines = text.split("\n\n")[1].splitlines()[1:]
    labels = [re.split(r"%  .{16}  ", line)[1] for line in lines]
    rows = dict(zip(labels, numbers("\n".join(lines)), strict=True))
    outermost = [count for label, count in rows.items() if label[0] in "├└"]
    return not outermost or sum(outermost) == rows["shop/"] == sum(
        row["tokens"]
        for row in data["files"]  # type: ignore[attr-defined]
    )


def test_omitted_bytes_by_reason(packed: Packed) -> None:
    data = token_data(packed.pack, 100_000, RESERVED)
    assert data["omitted"] == [
        {"reason": "binary", "paths": 2, "bytes": 2_010},
        {"reason": "submodule", "paths": 1, "bytes": 0},
    ]
    assert "    2  2,010  binary" in token_text(data, Layout())


TREE = """\
shop/
├ src/
│ ├ api/
│ └ 1 other file
├ java/org/shop/
├ docs/
└ 1 other file
(preamble)
(components)
(paths)"""


def test_the_tree_of_folders(packed: Packed) -> None:
    text = token_text(token_data(packed.pack, 100_000, RESERVED), Layout())
    head, tree, files, window, omitted = text.split("\n\n")
    assert head == f"shop at 1111111111: {packed.pack.tokens:,} Llama 4 tokens in 7 files"
    rows = tree.splitlines()[1:]
    assert "\n".join(re.split(r"%  .{16}  ", row)[1] for row in rows) == TREE
    assert all("█" in row or "▌" in row for row in rows)
    assert "docs/new\\nline.md" in files
    assert numbers(window)[-1] == 100_000 - packed.pack.tokens - 570
    assert omitted.startswith("paths")


@pytest.mark.parametrize("top", [1, 2, 3])
def test_no_more_rows_than_asked_for(packed: Packed, top: int) -> None:
    blocks = token_text(token_data(packed.pack, 9, {}), Layout(top=top)).split("\n\n")
    folders = [line for line in blocks[1].splitlines() if line.endswith("/")]
    assert 2 <= len(folders) <= top + 1
    assert f"Largest {top} files" in blocks[2]
    names = [line.rpartition("  ")[2] for line in blocks[2].splitlines()[1:]]
    assert names == ["src/api/a.py", "src/c.py", "src/api/b.py"][:top]


@pytest.mark.parametrize(("depth", "folders"), [(0, 1), (1, 4), (2, 5)])
def test_no_deeper_than_asked_for(packed: Packed, depth: int, folders: int) -> None:
    text = token_text(token_data(packed.pack, 9, {}), Layout(max_depth=depth))
    assert sum(line.endswith("/") for line in text.splitlines()) == folders


def test_a_window_that_is_too_small_is_said_to_be(packed: Packed) -> None:
    data = token_data(packed.pack, 100, RESERVED)
    assert data["left"] == 100 - packed.pack.tokens - 570 < 0
    assert f"{data['left']:,}  too many: a review would be refused" in token_text(data, Layout())


@pytest.mark.parametrize("width", [20, 80, 133])
@pytest.mark.parametrize("blocks", [True, False])
def test_no_line_is_wider_than_the_terminal(width: int, blocks: bool) -> None:
    long = "/".join(["folder-of-a-name"] * 9)
    paths = (f"{long}/a.py", f"{long}/b.py", f"{'図書館' * 30}.py")
    pack = pack_texts(dict.fromkeys(paths, "x\n")).pack
    data = token_data(pack, 10_485_760, RESERVED)
    table = token_text(data, Layout(width=width, blocks=blocks)).split("\n\n")[1:3]
    assert max(cell_len(line) for part in table for line in part.splitlines()) <= max(width, 60)
    assert "a.py" in table[1]
    whole = token_text(data, Layout(blocks=blocks))
    assert f"{long}/a.py" in whole
    if not blocks:
        assert whole.replace("図書館" * 30, "").isascii()


def test_a_path_that_would_act_on_the_terminal_is_escaped() -> None:
    pack = pack_texts({"\x1b[2J/\x1b]0;x\x07.py": "x\n"}).pack
    data = token_data(pack, 1_000, {})
    for text in (token_text(data, Layout()), json.dumps(data)):
        assert "\x1b" not in text
        assert "\x07" not in text


def test_a_pack_without_files_has_a_table() -> None:
    data = token_data(pack_texts({}).pack, 1_000, RESERVED)
    assert data["files"] == data["folders"] == data["omitted"] == []
    assert "in 0 files" in token_text(data, Layout())
