"""A hostile repository, reviewed by a model that does in part as it is told: nothing of it is run,
fetched or shown otherwise than as text, and what is weak in it is found all the same."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from engines.scripted_server import PROMPT_TOKENS, ScriptedServer
from markdown_it import MarkdownIt
from support.command_line import Result, Run
from support.hostile_reviewed import (
    MOST_BAIT,
    PLANTED,
    hostile_files,
    line_in_question,
    obeys,
)
from support.page import rendered
from support.repositories import make_repository
from support.spans import text_at
from support.vocabulary import llama4_special_tokens

from scout_codebase.neutralise import neutralise
from scout_codebase.records import Evidence, display_path

SENTINEL = "ran"
REPORTS = ("architecture", "documentation", "security-review")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]")
NODE = (
    r'(?:\w+(?:\["[^"\[\]<>]*(?:<br/>[^"\[\]<>]*)*"\]|\(\["[^"\[\]<>]*(?:<br/>[^"\[\]<>]*)*"\]\)))'
)
DIAGRAM_LINE = re.compile(
    rf'flowchart (?:LR|TB)|\s+subgraph {NODE}|\s+end|\s+{NODE}|\s+\w+ (?:-->|-\.->)\|"[^"]*"\| \w+'
)


@dataclass
class Reviewed:
    result: Result
    out: Path
    chats: list[str]
    hosts: set[str]
    files: dict[str, str]
    folder: Path

    def page(self, name: str) -> str:
        return (self.out / f"{name}.md").read_text(encoding="utf-8")

    def data(self, name: str) -> Any:
        return json.loads((self.out / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def reviewed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reviewed]:
    files = hostile_files(str(tmp_path / SENTINEL))
    repository = make_repository(tmp_path / "hostile", files)
    hosts = _noted_hosts(monkeypatch)
    server = ScriptedServer(
        answers=obeys,
        models=[{"id": "m", "owned_by": "vllm", "max_model_len": 131_072}],
        routes={"/tokenize": {"count": PROMPT_TOKENS}},
    )
    out = tmp_path / "out"
    with server.running():
        result = run(
            *("review", repository, "--base-url", server.base_url, "--out", out),
            *("--fail-on", "low", "--depth", "full"),
        )
    chats = ["".join(row["content"] for row in chat["messages"]) for chat in server.chats]
    yield Reviewed(result, out, chats, hosts, files, tmp_path)


def _noted_hosts(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Whom this process connects to or looks for from now on, where there is no network too."""
    hosts: set[str] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connected(self: socket.socket, address: Any) -> None:
        hosts.add(str(address[0] if isinstance(address, tuple) else address))
        connect(self, address)

    def looked_up(host: Any, *arguments: Any, **more: Any) -> Any:
        hosts.add(str(host))
        return look_up(host, *arguments, **more)

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return hosts


def outside_code(markdown: str) -> str:
    """All text of a page that no viewer shows as code."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    inline = (child for token in tokens for child in token.children or ())
    return "\n".join(child.content for child in inline if child.type == "text")


def test_a_hostile_repository_and_an_obedient_model(reviewed: Reviewed) -> None:
    assert reviewed.result.code == 1, reviewed.result.err
    written = [f"{name}.{end}" for name in REPORTS for end in ("html", "json", "md")]
    whole = ["index.html", "result.json", "security-review.sarif"]
    top = [path.name for path in reviewed.out.glob("[!.]*")]
    assert sorted(top) == sorted([*written, *whole, "documentation"])
    _nothing_was_run_or_fetched(reviewed)
    _no_prompt_can_be_steered(reviewed)
    _every_planted_weakness_is_asked_about_and_found(reviewed)
    for name in REPORTS:
        _the_page_holds_nothing_that_acts(reviewed.page(name))
        _claims_stand_on_their_own_source(reviewed.data(name), reviewed.files)
    _the_site_holds_nothing_that_acts(reviewed.out / "documentation")
    _diagrams_are_the_tools_own(reviewed)
    _nothing_reaches_a_terminal_or_a_parser(reviewed)


def _nothing_was_run_or_fetched(reviewed: Reviewed) -> None:
    assert list(reviewed.folder.rglob(SENTINEL)) == []
    assert reviewed.hosts == {"127.0.0.1"}


def _no_prompt_can_be_steered(reviewed: Reviewed) -> None:
    tokens = llama4_special_tokens()
    for content in reviewed.chats:
        assert [token for token in tokens if token in content] == []
        assert content.count("<question>\n") == content.count("</question>") == 1
        assert content.count("\n</file>\n") == content.count("<file path=")
        assert content.count("<file path=") == len(reviewed.files)


def _every_planted_weakness_is_asked_about_and_found(reviewed: Reviewed) -> None:
    questions = [chat.rpartition("<question>")[2] for chat in reviewed.chats]
    judged = [question for question in questions if "Answer yes or no: " in question]
    lines = {line_in_question(question) for question in judged}
    assert set(PLANTED.values()) <= lines
    assert not [line for line in lines if line.startswith("#")]
    assert len(judged) < MOST_BAIT / 10
    findings = reviewed.data("security-review")["findings"]
    places = {(row["evidence"][-1]["path"], row["evidence"][-1]["quote"]) for row in findings}
    assert {quote for _, quote in places} == set(PLANTED.values())
    assert {path for path, _ in places} == {display_path(path) for path in PLANTED}
    for row in findings:
        assert not any(evidence["comment"] for evidence in row["evidence"])
        assert all(evidence["grade"] != "missing" for evidence in row["evidence"])


def _the_page_holds_nothing_that_acts(text: str) -> None:
    page = rendered(text)
    assert page.strange == []
    assert all(link.startswith(("../", "#", "documentation/docs/")) for link in page.links)
    assert not [link for link in page.links if re.match(r"(?i)\s*[a-z]+:", link)]
    plain = outside_code(text)
    assert "evil.example" not in plain
    assert not re.search(r"(?i)\b(?:[a-z]+://|www\.|mailto:)", plain)
    assert not CONTROL.search(text)
    assert page.tags.count("h1") == 1
    headings = re.findall(r"^## (.*)$", re.sub(r"(?ms)^```.*?^```", "", text), re.MULTILINE)
    assert page.tags.count("h2") == len(headings)
    assert not [title for title in headings if title in ("No findings", "Fake")]


def _the_site_holds_nothing_that_acts(site: Path) -> None:
    written = sorted((site / "docs").rglob("*.md"))
    sources = [path for path in written if "source" in path.parts]
    assert len(written) > len(sources) > 5
    assert any("alert(1)" in rendered(path.read_text()).text for path in written)
    for path in written:
        text = path.read_text()
        page = rendered(text)
        assert page.strange == []
        assert page.tags.count("h1") == 1
        assert not CONTROL.search(text)
        for link in page.links:
            target = (path.parent / unquote(link.partition("#")[0])).resolve()
            assert target.is_file(), link
            assert target.is_relative_to(site.resolve())


def _claims_stand_on_their_own_source(data: Any, files: dict[str, str]) -> None:
    assert data["complete"]
    texts = {neutralise(display_path(path))[0]: text for path, text in files.items()}
    for row in data["evidence"]:
        assert bool(row["reason"]) is (row["grade"] == "missing")
    shown = [row for row in data["evidence"] if row["grade"] != "missing"]
    shown += [row for finding in data["findings"] for row in finding["evidence"]]
    assert shown
    for row in shown:
        there = text_at(texts[row["path"]], Evidence(**row))
        assert "".join(there.split()) == "".join(row["quote"].split())
    missing = [row for row in data["evidence"] if row["grade"] == "missing"]
    assert len(data["dropped"]) == len(missing)
    assert all(row["reason"] and row["claim"] for row in data["dropped"])


def _diagrams_are_the_tools_own(reviewed: Reviewed) -> None:
    tokens = {name: MarkdownIt().parse(reviewed.page(name)) for name in REPORTS}
    drawn = {
        name: [token.content for token in rows if token.info.strip().startswith("mermaid")]
        for name, rows in tokens.items()
    }
    assert {name: len(rows) for name, rows in drawn.items()} == {
        "architecture": 2,
        "documentation": 0,
        "security-review": 0,
    }
    for line in "".join(drawn["architecture"]).splitlines():
        assert DIAGRAM_LINE.fullmatch(line), line


def _nothing_reaches_a_terminal_or_a_parser(reviewed: Reviewed) -> None:
    shown = reviewed.result.out.decode() + reviewed.result.err
    assert not CONTROL.search(shown)
    for name in REPORTS:
        raw = (reviewed.out / f"{name}.json").read_bytes()
        assert raw.isascii()
        assert not CONTROL.search(raw.decode())
