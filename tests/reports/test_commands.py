"""What a command is for is read from its own words, and the line that it stands on."""

from __future__ import annotations

import pytest
from support.packing import pack_texts

from scout_codebase.reports.commands import purpose_of, shown_steps
from scout_codebase.reports.evidence import EvidenceChecker

PURPOSES = {
    "install": [
        "pip install -r requirements-test.txt",
        "pip install -e '.[test]'",
        "npm ci",
        "go get -t -v ./...",
        "go mod download",
        "bundle install",
        "git clone https://example.org/shop",
        "dotnet restore",
        "poetry add shop",
    ],
    "build": ["npm run build", "python -m build", "cargo build --release", "docker build ."],
    "run": [
        "npm start",
        "python -m shop",
        "docker compose up",
        "cargo run -- serve",
        "node app.js",
    ],
    "test": [
        "npm run test",
        "go test -cover -coverprofile coverage.txt -race -v ./...",
        "./go.test.sh",
        "python -m pytest tests/test_install.py",
        "python setup.py test",
        "bundle exec rspec",
        "mvn -B verify",
    ],
    "": ["bash <(curl -s https://codecov.io/bash)", "cd shop", "export A=1", "ls tests-data"],
}


@pytest.mark.parametrize(
    ("purpose", "command"), [(name, one) for name, rows in PURPOSES.items() for one in rows]
)
def test_the_words_of_a_command_say_what_it_is_for(purpose: str, command: str) -> None:
    assert purpose_of(command) == purpose


def test_steps_are_what_their_lines_say_in_the_order_that_a_newcomer_takes_them() -> None:
    packed = pack_texts(
        {
            "ci.yml": "run: go test   -v ./...\nafter: bash <(curl -s https://c.io/b)\n",
            "README.md": "    go get example.org/shop\n    ./shop orders.db\n",
        }
    )
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)

    def step(kind: str, command: str, path: str, quote: str) -> dict[str, object]:
        evidence = checker.check(path, quote)
        return {"kind": kind, "command": command, "evidence": evidence}

    steps = [
        step("run", "go test -v ./...", "ci.yml", "run: go test   -v ./..."),
        step("test", "bash <(curl -s https://c.io/b)", "ci.yml", "bash <(curl -s https://c.io/b)"),
        step("run", "./shop orders.db", "README.md", "./shop orders.db"),
        step("install", "go get example.org/shop", "README.md", "go get example.org/shop"),
        step("install", "go get example.org/shop", "README.md", "go get example.org/shop"),
        step("install", "go install example.org/shop", "README.md", "go get example.org/shop"),
    ]
    assert [(row["title"], row["command"]) for row in shown_steps(steps, checker)] == [
        ("Install it", "go get example.org/shop"),
        ("Run it", "./shop orders.db"),
        ("Run its tests", "go test -v ./..."),
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("pip install -e . pytest", "pip install -e . pytest"),
        ("Run `pip install -e . pytest` first.", "pip install -e . pytest"),
        ('"setup": "pip install -e .",', "pip install -e ."),
        ("pip install -e .  # what it needs", "pip install -e ."),
        ("$ pip install -e . pytest", "pip install -e . pytest"),
        ("RUN pip install -e . pytest", "pip install -e . pytest"),
        ("To begin, pip install -e . and go on reading.", "pip install -e ."),
        ("  - run: 'pip install -e . && pytest'", "pip install -e . && pytest"),
    ],
)
def test_a_command_that_the_model_cut_short_is_whole(line: str, shown: str) -> None:
    packed = pack_texts({"notes.txt": f"{line}\n"})
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    step = {
        "kind": "install",
        "command": "pip install -e .",
        "evidence": checker.check("notes.txt", line.strip()),
    }
    assert [row["command"] for row in shown_steps([step], checker)] == [shown]
