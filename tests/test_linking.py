"""The graph and the order, kept from run to run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.packing import snapshot_of

from scout_codebase.blobs import Wanted, examine_files
from scout_codebase.cache import FactsCache
from scout_codebase.linking import Linked, link, link_graph
from scout_codebase.records import Omission, OmissionReason, Snapshot

TEXTS = {
    "README.md": "# Shop\n",
    "shop/__init__.py": "",
    "shop/app.py": "from shop.store import find\n",
    "shop/store.py": "import shop.text\n\n\ndef find(): ...\n",
    "shop/text.py": "def clean(): ...\n",
    "shop/zero.py": "import missing.module\nimport shop.app\n",
}


def linked(snapshot: Snapshot, cache: FactsCache | None) -> Linked:
    return link(snapshot, examine_files(snapshot.files, cache, Wanted()).facts, cache)


def with_ids(texts: dict[str, str], omissions: tuple[Omission, ...] = ()) -> Snapshot:
    """Object ids that differ where texts do."""
    snapshot = snapshot_of(texts, omissions)
    files = (replace(file, object_id=file.text.encode().hex().ljust(40)) for file in snapshot.files)
    return replace(snapshot, files=tuple(files))


def changed(path: str, text: str) -> dict[str, str]:
    return {**TEXTS, path: text}


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        changed("shop/text.py", "import shop.app\n"),
        changed("shop/text.py", "def clean(): return 1\n"),
        changed("shop/more.py", ""),
        {path: text for path, text in TEXTS.items() if path != "shop/zero.py"},
    ],
    ids=["same", "an import more", "an edit", "a file more", "a file less"],
)
def test_what_is_kept_never_stands_for_something_else(
    tmp_path: Path, texts: dict[str, str]
) -> None:
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        linked(with_ids(TEXTS), cache)
        snapshot = with_ids(texts)
        expected = linked(snapshot, None)
        assert linked(snapshot, cache) == expected
        assert linked(snapshot, cache) == expected
        facts = examine_files(snapshot.files, cache, Wanted()).facts
        assert link_graph(snapshot, facts, cache) == expected.graph


def test_an_omission_is_part_of_what_makes_the_graph(tmp_path: Path) -> None:
    """What leads to an omitted file is not unresolved."""
    texts = changed("shop/zero.py", "import shop.gone\n")
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        assert linked(with_ids(texts), cache).graph.unresolved != ()
        omitted = (Omission("shop/gone.py", OmissionReason.EXCLUDED),)
        assert linked(with_ids(texts, omitted), cache).graph.unresolved == ()


def test_a_path_that_is_not_utf_8_is_linked_and_not_kept(tmp_path: Path) -> None:
    texts = changed("shop/\udce9.py", "import shop.app\n")
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        snapshot = with_ids(texts)
        first, second = linked(snapshot, cache), linked(snapshot, cache)
    assert first == second
    assert "shop/\udce9.py" in first.order.paths


def test_an_edit_that_touches_no_import_leaves_the_order() -> None:
    before = linked(with_ids(TEXTS), None).order
    longer = changed("shop/store.py", TEXTS["shop/store.py"] + "# x\n")
    assert linked(with_ids(longer), None).order == before
