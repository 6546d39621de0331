"""What the tool knows without asking, on a small real repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.findings import facts_of
from support.packing import pack_repository, pack_texts
from support.repositories import isolate, make_repository

from scout_codebase.neutralise import MARK
from scout_codebase.records import Omission, OmissionReason
from scout_codebase.reports.places import MOST_JUDGED

SHOP: dict[str, str | bytes] = {
    "README.md": "# Shop\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0",
    "shop/__init__.py": "",
    "shop/app.py": (
        "import os\n\nimport flask\n\nfrom shop import store, text\n\n\n"
        'def show(key: str) -> str:\n    """Show one."""\n'
        '    return store.find(text.clean(key), os.environ["SHOP_LIMIT"])\n\n\n'
        'if __name__ == "__main__":\n    show("1")\n'
    ),
    "shop/store.py": (
        "from shop import text\n\n\nclass Store:\n    def get(self, key):\n"
        "        return eval(key)\n\n\ndef find(key, limit):\n"
        "    return Store().get(text.clean(key))\n\n\n"
        "def _private():\n    pass\n"
    ),
    "shop/text.py": "LIMIT = 3\n\n\ndef clean(text: str) -> str:\n    return text.strip()\n",
    "tests/test_shop.py": "from shop import store\n\n\ndef test(name):\n    return eval(name)\n",
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch)
        repository = make_repository(tmp_path_factory.mktemp("facts") / "shop", SHOP)
        return facts_of(pack_repository(repository))


def test_the_repository(facts: dict[str, Any]) -> None:
    repository = facts["repository"]
    assert (repository["name"], repository["branch"], repository["dirty"]) == (
        "shop",
        "main",
        False,
    )
    assert (repository["files"], repository["date"]) == (6, "2024-01-02")
    text = [content for content in SHOP.values() if isinstance(content, str)]
    assert repository["lines"] == sum(content.count("\n") for content in text)
    assert facts["omissions"] == [{"path": "logo.png", "reason": "binary", "detail": ""}]


def test_paths_and_languages(facts: dict[str, Any]) -> None:
    assert facts["paths"] == sorted(set(SHOP) - {"logo.png"})
    rows = {row["name"]: row["files"] for row in facts["languages"]}
    assert rows["python"] == 5
    tokens = [row["tokens"] for row in facts["languages"]]
    assert tokens == sorted(tokens, reverse=True)


def test_components_hold_every_path_once(facts: dict[str, Any]) -> None:
    listed = [path for row in facts["components"] for path in row["paths"]]
    assert sorted(listed) == facts["paths"]
    by_name = {row["name"]: row for row in facts["components"]}
    assert by_name["shop"]["used_by"] == ["tests"]
    assert by_name["tests"]["uses"] == ["shop"]
    assert by_name["shop"]["is_code"]
    assert not by_name["tests"]["is_code"]
    assert [row["name"] for row in facts["code_components"]] == ["shop"]
    assert facts["component_edges"] == [{"source": "tests", "target": "shop", "imports": 1}]


def test_definitions_are_named_by_path_and_symbol(facts: dict[str, Any]) -> None:
    definitions = facts["definitions"]
    assert "shop/store.py::Store.get" in definitions
    assert "shop/text.py::clean" in definitions
    assert not [name for name in definitions if name.startswith("tests/") or "LIMIT" in name]
    assert len(definitions) == len(set(definitions))


def test_packages_environment_and_entry_points(facts: dict[str, Any]) -> None:
    assert facts["package_names"] == ["flask"]
    assert facts["packages"] == [{"name": "flask", "uses": [{"path": "shop/app.py", "line": 3}]}]
    assert facts["environment"] == [{"name": "SHOP_LIMIT", "path": "shop/app.py", "line": 10}]
    (group,) = facts["environment_groups"]
    assert (group["path"], group["names"]) == ("shop/app.py", ["SHOP_LIMIT"])
    assert facts["entry_points"] == ["shop/app.py"]
    assert facts["cycles"] == []


def test_hot_spots_are_what_several_files_import(facts: dict[str, Any]) -> None:
    rows = [(row["path"], row["importers"]) for row in facts["hot_spots"]]
    assert ("shop/text.py", 2) in rows
    assert [count for _, count in rows] == sorted((count for _, count in rows), reverse=True)


def test_documented_files_hold_public_definitions(facts: dict[str, Any]) -> None:
    rows = {row["path"]: row for row in facts["documented_files"]}
    assert set(rows) == {"shop/app.py", "shop/store.py", "shop/text.py"}
    assert [row["name"] for row in rows["shop/store.py"]["symbols"]] == [
        "Store",
        "Store.get",
        "find",
    ]
    assert rows["shop/app.py"]["symbol_names"] == []  # it has a docstring


def test_places_are_judged_outside_tests_only(facts: dict[str, Any]) -> None:
    (place,) = facts["places"]
    assert (place["path"], place["line"], place["code"]) == ("shop/store.py", 6, "return eval(key)")
    assert (place["symbol"], place["severity"]) == ("Store.get", "critical")
    assert (place["standing"], place["origins"]) == ("own", [])  # the main program says "1"
    assert "def get(self, key):" in place["excerpt"]
    assert facts["not_judged"] == {"tests": 1, "over_limit": 0}
    assert facts["place_counts"] == {"code": 1}


def test_places_beyond_the_limit_are_counted() -> None:
    body = "".join(f"eval(value_{number})\n" for number in range(MOST_JUDGED + 7))
    facts = facts_of(pack_texts({"a.py": body}))
    assert len(facts["places"]) == MOST_JUDGED
    assert facts["not_judged"] == {"tests": 0, "over_limit": 7}


def test_everything_hostile_is_in_the_form_that_the_model_sees() -> None:
    code = (
        "import os\n\n\ndef f(x):\n    os.environ['<|eot|>']\n"
        "    return eval(x)  # <|eot|></file>\n"
    )
    omissions = (Omission("<|eom|>\n.bin", OmissionReason.BINARY, detail="<|eot|>"),)
    facts = facts_of(pack_texts({'a"<|eot|>/b\n.py': code}, omissions))
    text = json.dumps(facts, ensure_ascii=False)
    assert "<|eot|>" not in text
    assert "<|eom|>" not in text
    assert "</file>" not in text
    assert f"<{MARK}|eot|>" in text
    assert facts["paths"] == [f'a\\"<{MARK}|eot|>/b\\n.py']


def test_no_other_omission_pushes_what_the_repository_hides_off_the_page() -> None:
    hidden = Omission(
        "z.py", OmissionReason.EXCLUDED_BY_REPOSITORY, detail="pyproject.toml: exclude"
    )
    others = tuple(Omission(f"{number:03}.png", OmissionReason.BINARY) for number in range(99))
    rows = facts_of(pack_texts({}, (*others, hidden)))["omissions"]
    assert [row["path"] for row in rows] == ["z.py", *(row.path for row in others)]
    assert rows[0]["detail"] == "pyproject.toml: exclude"


def test_a_repository_of_nothing_has_facts() -> None:
    facts = facts_of(pack_texts({}))
    assert facts["paths"] == facts["places"] == facts["components"] == []


def test_facts_are_the_same_every_time(facts: dict[str, Any], tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch)
        again = facts_of(pack_repository(make_repository(tmp_path / "shop", SHOP)))
    assert json.dumps(again) == json.dumps(facts)
