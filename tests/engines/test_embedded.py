from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import is_running

from scout_codebase.engines import embedded
from scout_codebase.engines.base import Engine
from scout_codebase.engines.embedded import open_embedded
from scout_codebase.engines.logs import new_log
from scout_codebase.engines.weights import installed_weights
from scout_codebase.errors import NoServerError, PromptTooLongError, ServerError
from scout_codebase.records import AnswerEvent, AnswerText, PrefillProgress, Question

PACK = "<file path='adder.py'>\ndef add(a, b):\n    return a + b\n</file>\n" * 8
PROSE = Question("prose", "What does the function do? One short sentence.", max_tokens=40)
SCHEMA = {
    "type": "object",
    "properties": {
        "functions": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "string", "enum": ["add", "subtract"]},
        }
    },
    "required": ["functions"],
    "additionalProperties": False,
}
DATA = Question("data", "Name the functions as JSON.", max_tokens=60, schema=SCHEMA)


def ignore(event: AnswerEvent) -> None:
    pass


# --- without a model ----------------------------------------------------------------------------


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoServerError, match=r"scout-codebase\[embedded\]"):
        open_embedded(tmp_path / "m.gguf", tmp_path)


def test_a_package_that_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('libgomp.so.1 is missing')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NoServerError, match="cannot be loaded"):
        open_embedded(tmp_path / "m.gguf", tmp_path)


def test_weights_that_are_none(tmp_path: Path) -> None:
    weights = tmp_path / "m.gguf"
    weights.write_bytes(b"GGUF and then nothing of use")
    with pytest.raises(ServerError, match="embedded server ended") as caught:
        open_embedded(weights, tmp_path)
    assert ".log" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_reviewed_folder_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("import pathlib; pathlib.Path('ran').touch()\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ServerError):
        open_embedded(tmp_path / "absent.gguf", tmp_path)
    assert not (tmp_path / "ran").exists()


def test_old_logs_are_removed(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"embedded-{number}-abc.log").touch()
    new_log(tmp_path, "embedded").touch()
    assert len(list(tmp_path.glob("*.log"))) == 5


@pytest.mark.parametrize(("limit", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("", 0)])
def test_the_limit_of_a_container_counts(
    limit: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_CPU_LIMIT", tmp_path / "cpu.max")
    everything = embedded.available_cores()
    for unlimited in ("max 100000", "6400000 100000"):
        (tmp_path / "cpu.max").write_text(unlimited)
        assert embedded.available_cores() == everything
    (tmp_path / "cpu.max").write_text(limit)
    assert embedded.available_cores() == (cores or everything)


def test_a_start_that_is_interrupted_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("import time; time.sleep(60)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(embedded, "_START_SECONDS", 0.5)
    children: list[subprocess.Popen[str]] = []
    spawn = embedded._spawn

    def noted(log: Path) -> subprocess.Popen[str]:
        children.append(spawn(log))
        return children[-1]

    monkeypatch.setattr(embedded, "_spawn", noted)
    with pytest.raises(ServerError, match="did not become ready"):
        open_embedded(tmp_path / "m.gguf", tmp_path)
    assert not is_running(children[0].pid)


# --- with the real model ------------------------------------------------------------------------


@pytest.mark.embedded
def test_who_answers(embedded_engine: Engine) -> None:
    identity = embedded_engine.identity
    assert identity.embedded
    assert identity.family == "llama.cpp"
    assert identity.context_window == embedded.DEFAULT_WINDOW
    assert not identity.llama4_vocabulary


@pytest.mark.embedded
def test_what_is_counted_is_what_is_read(embedded_engine: Engine) -> None:
    answer = embedded_engine.ask(PACK, PROSE, ignore)
    assert embedded_engine.count_tokens(PACK + PROSE.text) == answer.prompt_tokens


@pytest.mark.embedded
def test_the_prefix_is_read_once(embedded_engine: Engine) -> None:
    """Also between prose and constrained answers."""
    events: list[AnswerEvent] = []
    prefix = f"{time.monotonic_ns()}\n{PACK}"
    first = embedded_engine.ask(prefix, DATA, events.append)
    later = [embedded_engine.ask(prefix, question, ignore) for question in (PROSE, DATA, PROSE)]
    prefix_tokens = embedded_engine.count_tokens(prefix) or 0
    assert first.cached_tokens is not None
    assert first.cached_tokens < 40  # the chat template
    for answer in later:
        assert answer.cached_tokens is not None
        assert answer.cached_tokens >= prefix_tokens - 20
    assert any(isinstance(event, PrefillProgress) for event in events)
    assert "".join(e.text for e in events if isinstance(e, AnswerText)) == first.text


@pytest.mark.embedded
def test_an_answer_keeps_to_its_schema(embedded_engine: Engine) -> None:
    answer = embedded_engine.ask(PACK, DATA, ignore)
    assert answer.finish_reason == "stop"
    assert set(json.loads(answer.text)["functions"]) <= {"add", "subtract"}


@pytest.mark.embedded
def test_the_same_question_has_the_same_answer(embedded_engine: Engine) -> None:
    first, second = (embedded_engine.ask(PACK, PROSE, ignore).text for _ in range(2))
    assert first == second


@pytest.mark.embedded
def test_a_prompt_beyond_the_window(embedded_engine: Engine) -> None:
    with pytest.raises(PromptTooLongError, match="32,768"):
        embedded_engine.ask("one two three " * 12_000, PROSE, ignore)


@pytest.mark.embedded
def test_nobody_else_may_ask(embedded_engine: Engine) -> None:
    import httpx

    assert isinstance(embedded_engine, embedded.EmbeddedEngine)
    port = embedded_engine._process.port
    answer = httpx.post(f"http://127.0.0.1:{port}/v1/chat/completions", json={}, trust_env=False)
    assert answer.status_code == 401


@pytest.fixture
def weights(embedded_engine: Engine) -> Path:
    """Where the weights of the running engine are."""
    own = os.environ.get("SCOUT_REVIEW_WEIGHTS")
    if own:
        return Path(own)
    import platformdirs

    found = installed_weights(platformdirs.user_cache_path("scout-review"))
    assert found is not None
    return found


@pytest.mark.embedded
def test_it_ends_when_it_is_closed(weights: Path, tmp_path: Path) -> None:
    engine = open_embedded(weights, tmp_path, context_window=2048)
    assert engine.identity.context_window == 2048
    assert is_running(engine.process_id)
    engine.close()
    assert not is_running(engine.process_id)
    engine.close()


PARENT = """
import sys, threading
from pathlib import Path
from scout_codebase.engines.embedded import open_embedded

def run():
    engine = open_embedded(Path(sys.argv[1]), Path(sys.argv[2]), context_window=512)
    print(engine.process_id, flush=True)
    sys.stdin.read()

if sys.argv[3] == "thread":
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""


@pytest.mark.embedded
@pytest.mark.parametrize("thread", ["main", "thread"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_its_parent(
    weights: Path, tmp_path: Path, thread: str, end: signal.Signals
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(weights), str(tmp_path), thread],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert is_running(server)
        parent.send_signal(end)
        if end == signal.SIGINT:
            parent.send_signal(end)
        deadline = time.monotonic() + 20
        while is_running(server) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(server)
        parent.kill()
