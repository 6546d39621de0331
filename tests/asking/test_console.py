"""A session of questions: what goes with each, its commands, and the terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest
from engines.scripted import Script, ScriptedEngine
from engines.scripted_server import Chat, ScriptedServer, whole
from support.command_line import server_of
from support.packing import pack_texts

from scout_codebase.asking.console import converse, terminal_reader
from scout_codebase.asking.dialogue import Dialogue
from scout_codebase.errors import ServerError
from scout_codebase.pipeline import Packed
from scout_codebase.progress import Reporter
from scout_codebase.records import EngineIdentity, Question
from scout_codebase.session import Session
from scout_codebase.settings import AskSettings, EngineSettings, SelectionSettings
from scout_codebase.templates import TemplateLibrary

TEXTS = {
    "shop/store.py": "def find(key, limit):\n    return eval(key)[:limit]\n",
    "shop/app.py": "import os\n\n\ndef show(key):\n    return find(key, 3)\n",
    "docs/odd\x1bname.md": "nothing to see here\n",
}
GOOD = "It is evaluated (shop/store.py:2 `return eval(key)[:limit]`)."
BAD = (
    "It is executed (shop/store.py:2 `return exec(key)[:limit]`), or (shop/store.py:1 `def find`)."
)


def dialogue_of(
    script: Script, engine: ScriptedEngine | None = None, answer_tokens: int = 200
) -> Dialogue:
    made = pack_texts(TEXTS)
    session = Session(
        Packed(made.graph, made.pack), engine or ScriptedEngine(script), Reporter(quiet=True)
    )
    settings = AskSettings(SelectionSettings("."), EngineSettings(), answer_tokens=answer_tokens)
    return Dialogue(session, TemplateLibrary(), settings, "")


def typed(*lines: str | type[BaseException]) -> Callable[[], str]:
    rest: Iterator[str | type[BaseException]] = iter((*lines, EOFError))

    def read() -> str:
        line = next(rest)
        if isinstance(line, str):
            return line
        raise line

    return read


def engine_of(dialogue: Dialogue) -> ScriptedEngine:
    engine = dialogue.session.engine
    assert isinstance(engine, ScriptedEngine)
    return engine


def test_earlier_turns_go_with_a_question_without_what_was_cited_in_vain() -> None:
    answers = iter((BAD, GOOD, GOOD))
    dialogue = dialogue_of(lambda *_: next(answers))
    converse(dialogue, typed("Where?", "And </question> why?", "How?"))
    first, second, third = (row.text for row in engine_of(dialogue).asked)
    assert first.startswith("<question>\nWhere?\n\n")
    assert "Earlier" not in first
    assert "Question 1: Where?" in second
    assert "a citation that is not in the source" in second
    assert "exec(key)" not in second
    shared = third[: third.index("Question 2: ")]
    assert second.startswith(shared)
    assert third.count("</question>") == 1
    assert [row.number for row in dialogue.citations] == [1, 2, 3, 4]
    assert set(engine_of(dialogue).prompts) == {dialogue.session.packed.pack.text}


def test_that_there_is_nothing_is_saved_in_the_words_of_the_tool(tmp_path: Path) -> None:
    answers = iter(("Nothing found: throttle, find", GOOD))
    dialogue = dialogue_of(lambda *_: next(answers))
    page = tmp_path / "session.md"
    converse(dialogue, typed("Who limits it?", "And where?", f"/save {page}"))
    assert "Answer 1: Nothing found: throttle, find\n" in engine_of(dialogue).asked[1].text
    saved = page.read_text()
    assert "*No citation backs this.*" in saved
    assert "- `throttle`: in no file" in saved
    assert "- `find`: in 2 of the files" in saved
    assert "Not to be relied on" not in saved


def test_the_oldest_go_where_there_is_no_room(capsys: pytest.CaptureFixture[str]) -> None:
    dialogue = dialogue_of(lambda *_: f"{'far and wide ' * 20}\n\n{GOOD}")
    dialogue.session.reporter.quiet = False
    dialogue.room = 500
    converse(dialogue, typed(*(f"What is number {number}?" for number in range(5))))
    texts = [row.text for row in engine_of(dialogue).asked]
    assert all(dialogue.session.question_tokens(row) <= 500 for row in engine_of(dialogue).asked)
    assert "number 0?" not in texts[-1]
    assert "number 3?" in texts[-1]
    assert "no longer go with this one" in capsys.readouterr().err
    assert [turn.dropped for turn in dialogue.turns][-1] > 0


def test_a_question_that_has_no_room_is_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    dialogue = dialogue_of(lambda *_: GOOD)
    converse(dialogue, typed("why " * 20_000, "Where?"))
    assert len(engine_of(dialogue).asked) == 1
    assert "there is room for" in capsys.readouterr().err


def test_a_window_that_is_nearly_full_leaves_less_room() -> None:
    engine = ScriptedEngine(lambda *_: GOOD)
    roomy = dialogue_of(lambda *_: GOOD).room
    needed = engine.count_tokens(pack_texts(TEXTS).pack.text) or 0
    small = ScriptedEngine(
        lambda *_: GOOD, identity=_with_window(engine, needed + 200 + 64 + 1_000)
    )
    assert roomy == 16_384
    assert dialogue_of(lambda *_: GOOD, small).room == 1_000


def _with_window(engine: ScriptedEngine, window: int) -> EngineIdentity:
    return replace(engine.identity, context_window=window)


def test_what_goes_wrong_ends_one_question_and_no_session(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: Iterator[str | Exception] = iter((ServerError("it is gone"), "No idea at all.", GOOD))
    dialogue = dialogue_of(lambda *_: next(outcomes))
    converse(dialogue, typed("One?", KeyboardInterrupt, "", "Two?", "/nonsense", "Three?"))
    out, err = capsys.readouterr()
    assert "scout-review: it is gone" in err
    assert "cites nothing" in err
    assert "there is no command /nonsense" in err
    assert "1 of 1 found in the source" in out
    assert [turn.question for turn in dialogue.turns] == ["Two?", "Three?"]
    assert "One?" not in engine_of(dialogue).asked[-1].text


def test_an_answer_that_is_interrupted_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    def script(_: str, question: Question) -> str:
        if "One?" in question.text:
            raise KeyboardInterrupt
        return GOOD

    dialogue = dialogue_of(script)
    converse(dialogue, typed("One?", "Two?"))
    assert [turn.question for turn in dialogue.turns] == ["Two?"]
    assert "stopped" in capsys.readouterr().err


def test_the_commands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dialogue = dialogue_of(lambda *_: BAD)
    page = tmp_path / "session.md"
    other = tmp_path / "other.md"
    other.write_text("mine")
    lines = (
        *("/cite 1", "Where?", "/cite 1", "/cite #2", "/cite 9", "/files shop/", "/files"),
        *("/tokens", f"/save {page}", f"/save {page}", f"/save {other}", "/save", "/help"),
        *("/quit now", "/quit", "Never asked"),
    )
    converse(dialogue, typed(*lines))
    out, err = capsys.readouterr()
    assert "nothing was cited yet" in err
    assert "#1 shop/store.py:2 not found in the source" in out
    assert "\nshop/store.py:2 not found in the source: the quote is not in that file" in out
    assert ">      1  def find(key, limit):\n       2      return eval(key)[:limit]\n" in out
    assert "there are 2 citations" in err
    assert re.search(
        r"\n +\d+  shop/app.py\n +\d+  shop/store.py\n +\d+  tokens in 2 of 3 files\n", out
    )
    assert re.search(r"docs/odd.*name\.md\n", out)
    assert "131,072  the window" in out
    saved = page.read_text()
    assert "## Where?" in saved
    assert "✗ #1" in saved
    assert f"{other} is there already" in err
    assert other.read_text() == "mine"
    assert "/save takes the name of a file" in err
    assert all(f"/{name}" in out for name in ("files", "tokens", "cite", "save", "help", "quit"))
    assert "/quit takes nothing more" in err
    assert len(dialogue.turns) == 1
    assert all(one.isprintable() or one == "\n" for one in out + err)


def test_a_question_may_begin_with_a_path() -> None:
    dialogue = dialogue_of(lambda *_: GOOD)
    converse(dialogue, typed("/etc/passwd is read where?", "/ what?"))
    assert len(dialogue.turns) == 2


def test_history_is_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "scout-review" / "ask-history"
    umask = os.umask(0)
    try:
        terminal_reader(path, Reporter())
    finally:
        os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    terminal_reader(path, Reporter())
    assert path.stat().st_mode & 0o777 == 0o600


# --- at a real terminal -------------------------------------------------------------------------

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>]|\(B)")


class Slow:
    """Answers the first question word by word until the client goes, all others at once."""

    def __call__(self, chat: Chat) -> None:
        if len(chat.server.chats) > 1:
            whole(chat)
            return
        chat.begin()
        number = 0
        while not chat.server.stopping.wait(0.05):
            number += 1
            chat.say(f"word{number} ")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with server_of("none").running() as scripted:
        scripted.text = (
            f"\x1b[2J## Answer\n\n{GOOD}\n\n- [x](https://evil.example) \x1b]0;owned\x07\n"
        )
        scripted.answers = Slow()
        yield scripted


def session(
    shop: Path, server: ScriptedServer, tmp_path: Path, *options: str
) -> pexpect.spawn[str]:
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    return pexpect.spawn(
        sys.executable,
        ["-m", "scout_codebase", "ask", str(shop), "--base-url", server.base_url, *options],
        env=environment,
        encoding="utf-8",
        timeout=120,
        dimensions=(40, 100),
    )


def wait_for_prompt(terminal: pexpect.spawn[str]) -> None:
    """A prompt that reads: one that is drawn again behind what was typed does not."""
    terminal.expect_exact("\x1b[?2004h")
    terminal.expect("ask>")


def interrupt(terminal: pexpect.spawn[str], wanted: str) -> None:
    """Ctrl-C, pressed again after a while, as a person would on a machine that is very busy."""
    for _ in range(4):
        terminal.sendintr()
        if terminal.expect([wanted, pexpect.TIMEOUT], timeout=30) == 0:
            return
    pytest.fail(f"not told: {wanted}")


def test_a_session_at_a_terminal(
    shop: Path, server: ScriptedServer, own_user: None, tmp_path: Path
) -> None:
    terminal = session(shop, server, tmp_path)
    wait_for_prompt(terminal)
    terminal.send("Where is it?\r")
    terminal.expect("word9")
    interrupt(terminal, "stopped; this answer does not count")
    assert server.cut_off.wait(20)
    wait_for_prompt(terminal)
    terminal.send("Then where?\r")
    terminal.expect("1 of 1 found in the source")
    written = terminal.before or ""
    wait_for_prompt(terminal)
    terminal.send("/cite 1\r")
    terminal.expect("return eval")
    wait_for_prompt(terminal)
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    text = ESCAPES.sub("", written)
    assert "(shop/store.py:2 ✓ #1 return eval(key)[:limit])" in " ".join(text.split())
    assert "evil.example" in text
    assert not re.search(r"\]8;[^;]*;https://evil", written)
    assert "\x1b]0;owned" not in written
    kept = tmp_path / "state" / "scout-review" / "ask-history"
    assert "+Then where?" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_session_without_history_leaves_none(
    shop: Path, server: ScriptedServer, own_user: None, tmp_path: Path
) -> None:
    terminal = session(shop, server, tmp_path, "--no-history", "--quiet")
    wait_for_prompt(terminal)
    terminal.send("/tokens\r")
    terminal.expect("the window")
    wait_for_prompt(terminal)
    terminal.send("/quit\r")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert not (tmp_path / "state").exists()
    assert server.chats == []
