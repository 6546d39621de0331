"""``probe`` and ``review --probe`` from outside, with a scripted server that knows the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from engines.scripted_server import Chat, ScriptedServer
from support.command_line import SHOP, Run, answers_soundly, assert_one_line, pages, server_of
from support.probed import invented, reply, wrong
from support.repositories import make_repository, write_files

from scout_codebase.pipeline import pack_repository
from scout_codebase.probing import planned_probe
from scout_codebase.progress import Reporter
from scout_codebase.records import Probe
from scout_codebase.settings import SelectionSettings
from scout_codebase.templates import TemplateLibrary

PAGES = ["index.html", "probe.html", "probe.json", "probe.md", "probe.svg"]
OUT = Path("scout-report")


@pytest.fixture
def repository(own_user: None, tmp_path: Path) -> Path:
    return make_repository(tmp_path / "shop", {**invented(12), **SHOP})


def probes_of(repository: Path, wanted: int = 24) -> Mapping[str, Probe]:
    """By the text of the question."""
    selection, library = SelectionSettings(repository), TemplateLibrary()
    packed = pack_repository(selection, library, Reporter(quiet=True), detailed=True)
    probe = planned_probe(packed, wanted, library)
    return {row.question.text: row for row in probe.plan.probes}


def server_that(says: Callable[[Probe], str], repository: Path) -> ScriptedServer:
    """One whose answers to a probe are what ``says`` makes of it; all others are sound."""
    probes = probes_of(repository)

    def answer(chat: Chat) -> None:
        content = chat.body["messages"][0]["content"]
        asked = next((row for text, row in probes.items() if content.endswith(text)), None)
        if asked is None:
            answers_soundly(chat)
            return
        chat.begin()
        chat.say(says(asked), "stop")
        chat.usage(10)
        chat.end()

    server = server_of("sound")
    server.answers = answer
    return server


def test_the_probe_writes_its_curve(run: Run, repository: Path) -> None:
    with server_that(lambda probe: reply(probe.answer), repository).running() as server:
        result = run("probe", repository, "--base-url", server.base_url)
    assert (result.code, result.out) == (0, b""), result.err
    assert "24 of 24 facts recalled" in result.err
    assert pages(OUT) == PAGES
    page = (OUT / "probe.md").read_text()
    assert page.startswith("# Recall probe — shop at ")
    assert "| Recall | 24 of 24 facts of this prompt recalled, 100 % corrected" in page
    data = json.loads((OUT / "probe.json").read_text())
    assert (data["complete"], data["recall"]["right"], data["recall"]["weak"]) == (True, 24, [])
    assert len(data["probe"]["answers"]) == len(data["questions"]) == len(server.chats) == 24


def test_two_runs_ask_the_same_and_write_the_same(run: Run, repository: Path) -> None:
    asked, written = [], []
    for out in ("a", "b"):
        with server_that(lambda probe: reply(wrong(probe)), repository).running() as server:
            arguments = ("--base-url", server.base_url, "--no-cache", "--out", out)
            assert run("probe", repository, *arguments).code == 0
        asked.append({chat["messages"][0]["content"] for chat in server.chats})
        data = json.loads(Path(out, "probe.json").read_text())
        written.append((data["probe"], Path(out, "probe.svg").read_text()))
    assert asked[0] == asked[1]
    assert written[0] == written[1]


def test_each_report_states_the_recall_and_links_to_the_probe(run: Run, repository: Path) -> None:
    def says(probe: Probe) -> str:
        return reply(wrong(probe) if probe.depth > 0.5 else probe.answer)

    with server_that(says, repository).running() as server:
        arguments = ("--probe", "--report", "architecture", "--base-url", server.base_url)
        assert run(repository, *arguments).code == 0
    mine = (f"architecture.{suffix}" for suffix in ("html", "json", "md"))
    assert pages(OUT) == [*mine, *PAGES, "result.json"]
    row = next(line for line in _page("architecture").splitlines() if "| Recall |" in line)
    recall = json.loads((OUT / "architecture.json").read_text())["recall"]
    assert f"| Recall | {recall['right']} of 24 facts" in row
    assert "; **weak** between " in row
    assert "`shop/" in row
    assert row.endswith(" ([probe](probe.md)) |")
    assert recall["weak"][-1]["start"] >= 0.4


def _page(name: str) -> str:
    return (OUT / f"{name}.md").read_text()


def test_a_review_without_the_probe_says_nothing_of_recall(run: Run, shop: Path) -> None:
    with server_of("sound").running() as server:
        server.answers = answers_soundly
        assert run(shop, "--report", "architecture", "--base-url", server.base_url).code == 0
    assert "| Recall |" not in _page("architecture")
    assert "recall" not in json.loads((OUT / "architecture.json").read_text())


def test_an_answer_that_cannot_be_used_is_a_wrong_one(run: Run, repository: Path) -> None:
    def says(probe: Probe) -> str:
        return "no" if probe.question.id.endswith("/5") else reply(probe.answer)

    with server_that(says, repository).running() as server:
        assert run("probe", repository, "--base-url", server.base_url).code == 0
    assert pages(OUT) == PAGES
    page = _page("probe")
    assert "INCOMPLETE" not in page
    assert "**unusable**, counted as wrong: " in page
    assert "23 of 24 facts" in page
    assert json.loads((OUT / "probe.json").read_text())["complete"]


def test_questions_of_no_probe_are_refused(run: Run, repository: Path) -> None:
    result = run(repository, "--probe-questions", "40", "--dry-run")
    assert_one_line(result, 2, "--probe-questions", "--probe.")


def test_a_hopeless_model_leaves_no_page(run: Run, repository: Path) -> None:
    with server_that(lambda probe: "no", repository).running() as server:
        result = run("probe", repository, "--base-url", server.base_url, "--allow-partial")
    assert result.code == 4
    assert len(result.errors) == 1
    assert "first 3 answers" in result.errors[0]
    assert pages(OUT) == []


def test_the_probe_of_a_truncated_prompt_ends_with_3(run: Run, repository: Path) -> None:
    server = server_that(lambda probe: reply(probe.answer), repository)
    server.models[0]["id"] = "llama-4-scout"
    with server.running():
        result = run("probe", repository, "--base-url", server.base_url)
    assert_one_line(result, 3, "no report is written")
    assert pages(OUT) == []


def test_a_probe_of_an_earlier_run_is_set_aside(run: Run, repository: Path) -> None:
    with server_that(lambda probe: reply(probe.answer), repository).running() as server:
        arguments = ("probe", repository, "--base-url", server.base_url)
        assert run(*arguments).code == 0
    assert run("probe", repository, "--base-url", "http://127.0.0.1:9/v1").code == 4
    assert sorted(path.name for path in OUT.glob("probe*")) == []
    assert pages(OUT / "previous") == PAGES


def test_a_dry_run_lists_the_questions_and_sends_nothing(run: Run, repository: Path) -> None:
    result = run("probe", repository, "--dry-run", "--quiet", "--probe-questions", "8")
    assert (result.code, result.err) == (0, "")
    lines = result.out.decode().splitlines()
    assert lines[1].startswith("probe: 8 questions (")
    assert [line[:4].strip().isdigit() for line in lines[2:]] == [True] * 8 + [False] * 3
    assert lines[10].startswith("In all: 8 questions, at most ")
    assert pages(Path()) == []
    result = run("review", repository, "--dry-run", "--probe", "--report", "architecture")
    assert b"architecture: " in result.out
    assert b"probe: 24 questions (" in result.out


def test_a_repository_of_which_nothing_can_be_asked(run: Run, tmp_path: Path) -> None:
    empty = make_repository(tmp_path / "empty", {"shop/store.py": "return eval(key)[:limit]\n"})
    for more in ([], ["--dry-run"]):
        result = run("probe", empty, "--base-url", "http://127.0.0.1:9/v1", *more)
        assert_one_line(result, 2, "exactly one right answer")
    with server_of("sound").running() as server:
        server.answers = answers_soundly
        arguments = ("--probe", "--report", "architecture", "--base-url", server.base_url)
        assert run(empty, *arguments).code == 0
    assert "| Recall | not measured: " in _page("architecture")


@pytest.mark.parametrize("count", ["3", "1001", "many"])
def test_a_number_of_questions_that_cannot_be(run: Run, repository: Path, count: str) -> None:
    assert_one_line(run("probe", repository, "--probe-questions", count), 2, "--probe-questions")


@pytest.mark.parametrize("name", ["page.md.j2", "line-after.md.j2"])
def test_a_broken_template_shows_before_anything_is_sent(
    run: Run, repository: Path, tmp_path: Path, name: str
) -> None:
    write_files(tmp_path / "mine", {f"probe/{name}": "{{ choices | nonsense }}\n"})
    result = run("probe", repository, "--prompts", tmp_path / "mine", "--dry-run")
    assert_one_line(result, 2, f"probe/{name}", "nonsense")
