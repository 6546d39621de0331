"""A notebook is read as its cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.repositories import make_repository

from scout_codebase.walk import WalkSettings, walk
from scout_codebase.walk.notebook import readable

NOTEBOOK = {
    "metadata": {"kernelspec": {"language": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# Title\n", "import nothing"]},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "import shop\n", "shop.run()"],
            "outputs": [{"data": {"image/png": "iVBORw0KGgo="}}],
            "execution_count": 7,
        },
    ],
}
CELLS = """\
# Jupyter notebook, python

# %% [markdown]
# # Title
# import nothing

# %%
# %matplotlib inline
import shop
shop.run()
"""


def test_cells_without_outputs() -> None:
    assert readable("a.ipynb", json.dumps(NOTEBOOK)) == CELLS


def test_code_of_another_language_is_kept_as_it_is() -> None:
    data = {
        "metadata": {"kernelspec": {"language": "R"}},
        "cells": [{"cell_type": "code", "source": "library(shop)\n% no magic"}],
    }
    assert readable("a.ipynb", json.dumps(data)).endswith("# %%\nlibrary(shop)\n% no magic\n")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 100_000])
def test_what_is_no_notebook_stays_as_it_is(text: str) -> None:
    assert readable("a.ipynb", text) == text


def test_strange_cells_are_passed_over() -> None:
    cells = [3, {}, {"cell_type": "code", "source": 4}, {"cell_type": "raw", "source": ["x"]}]
    found = readable("a.ipynb", json.dumps({"cells": cells}))
    assert found == "# Jupyter notebook, python\n\n# %% [markdown]\n# x\n"


def test_the_walk_reads_a_notebook_so(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {"a.ipynb": json.dumps(NOTEBOOK), "a.json": "{}"})
    assert [file.text for file in walk(root, WalkSettings()).files] == [CELLS, "{}"]
