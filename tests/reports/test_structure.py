"""Layers, what leads up, and which imports to cut."""

from __future__ import annotations

from support.findings import facts_of
from support.packing import pack_texts

from scout_codebase.reports.facts import Facts, brief

SHOP = {
    "web/app.py": "import flask\n\nfrom core import orders\n\n\ndef serve():\n    orders.all()\n",
    "web/forms.py": "import flask\n\nfrom core import orders, rules\n\n\ndef check():\n    pass\n",
    "core/orders.py": "import store.rows\n\n\ndef all():\n    return store.rows.read()\n",
    "core/rules.py": "from core import orders\nimport store.rows\n\n\ndef rule():\n    pass\n",
    "store/rows.py": "import web.forms\n\n\ndef read():\n    return web.forms.check()\n",
    "tests/test_app.py": "import web.app\n\n\ndef test():\n    web.app.serve()\n",
}


def facts_in(texts: dict[str, str]) -> Facts:
    return facts_of(pack_texts(texts))


def test_layers_and_the_imports_that_lead_up() -> None:
    facts = facts_in(SHOP)
    assert facts["layers"] == [["web"], ["core"], ["store"]]
    (violation,) = facts["violations"]
    assert (violation["source"], violation["target"]) == ("store", "web")
    assert (violation["imports"], violation["back"]) == (1, 0)
    assert violation["uses"] == [
        {"path": "store/rows.py", "line": 1, "target": "web/forms.py", "kind": "import"}
    ]


def test_each_cycle_comes_with_what_to_cut() -> None:
    facts = facts_in(SHOP)
    assert facts["cycles"] == [["core/orders.py", "core/rules.py", "store/rows.py", "web/forms.py"]]
    ((cut,),) = facts["cycle_cuts"]
    assert (cut["path"], cut["line"], cut["target"]) == ("store/rows.py", 1, "web/forms.py")


def test_what_has_no_cycle_has_nothing_to_cut() -> None:
    without = {**SHOP, "store/rows.py": "def read():\n    return []\n"}
    facts = facts_in(without)
    assert facts["cycles"] == facts["cycle_cuts"] == facts["violations"] == []
    assert facts["layers"] == [["web"], ["core"], ["store"]]
    assert facts_in({"a.py": "x = 1\n"})["layers"] == []


def test_packages_are_asked_about_those_first_that_most_files_use() -> None:
    many = "".join(f"import package{number:02}\n" for number in range(10))
    facts = facts_in({**SHOP, "web/many.py": many})
    first, second = facts["package_groups"]
    assert first["names"][0] == "flask"
    assert (len(first["names"]), len(second["names"])) == (8, 3)
    assert len({*first["names"], *second["names"]}) == 11
    assert facts_in({"a.py": "x = 1\n"})["package_groups"] == []


def test_flows_begin_where_input_comes_in_and_where_programs_start() -> None:
    main = '\n\nif __name__ == "__main__":\n    run()\n'
    view = "from flask import request\n\n\ndef {}():\n    return request.args['q']\n"
    texts = {
        "b.py": view.format("one"),
        "c.py": view.format("two") + view.format("three"),
        "main.py": "def run():\n    pass\n" + main,
        "other.py": "def run():\n    pass\n" + main,
    }
    facts = facts_in(texts)
    assert [row["path"] for row in facts["use_cases"]] == ["c.py", "b.py", "main.py"]
    first = facts["use_cases"][0]
    assert first["code"] in texts["c.py"].split("\n")[first["line"] - 1]
    assert [row["path"] for row in brief(facts)["use_cases"]] == ["c.py"]
    (alone,) = facts_in({"a.py": "x = 1\n"})["use_cases"]
    assert alone["path"] == ""
