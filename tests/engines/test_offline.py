"""The offline engine with the real worker and a scripted vLLM, which the model's name directs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Run
from support.processes import assert_gone, children_of, is_running

from scout_codebase.engines.offline import child, worker
from scout_codebase.engines.offline.engine import OfflineEngine, open_offline
from scout_codebase.engines.offline.options import OfflineOptions, parse_argument
from scout_codebase.errors import (
    NoServerError,
    PromptTooLongError,
    ServerError,
    UnusableAnswerError,
    UsageError,
)
from scout_codebase.records import AnswerEvent, AnswerText, PrefillProgress, Question

SCRIPTED_VLLM = Path(__file__).with_name("scripted_vllm")
TEMPLATE_TOKENS = 10
PACK = "x = 1\n" * 200
QUESTION = Question("q", "What is x?", max_tokens=500)
ENDLESS = Question("q", "REPEAT YOURSELF", max_tokens=5_000)


@pytest.fixture(autouse=True)
def scripted_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTED_VLLM))


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The workers that are started."""
    process_ids: list[int] = []
    spawn = child._spawn

    def noted(python: str, log: Path) -> subprocess.Popen[str]:
        process = spawn(python, log)
        process_ids.append(process.pid)
        return process

    monkeypatch.setattr(child, "_spawn", noted)
    return process_ids


def opened(
    folder: Path, model: str = "good", timeout: float | None = None, **arguments: Any
) -> OfflineEngine:
    options = OfflineOptions(model, Path(sys.executable), 20_000, arguments, timeout)
    return open_offline(options, folder)


def ignore(event: AnswerEvent) -> None:
    pass


# --- answers ------------------------------------------------------------------------------------


def test_who_answers(tmp_path: Path) -> None:
    with closing(opened(tmp_path, "org/llama4-scout")) as engine:
        identity = engine.identity
        assert engine.reserve(100) == 20_000
    assert (identity.family, identity.model) == ("vllm-offline", "org/llama4-scout")
    assert identity.context_window == 20_000
    assert identity.llama4_vocabulary
    assert not identity.embedded


def test_the_vocabulary_is_that_of_the_configuration_not_of_the_name(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "scout", "llama-4-scout/qwen")) as engine:
        assert not engine.identity.llama4_vocabulary


def test_an_answer_is_streamed_and_counted(tmp_path: Path) -> None:
    events: list[AnswerEvent] = []
    with closing(opened(tmp_path)) as engine:
        answer = engine.ask(PACK, QUESTION, events.append)
        assert engine.count_tokens(PACK + QUESTION.text) == answer.prompt_tokens
    assert answer.prompt_tokens == len(PACK + QUESTION.text) + TEMPLATE_TOKENS
    assert (answer.finish_reason, answer.cached_tokens) == ("stop", 7)
    assert "".join(event.text for event in events if isinstance(event, AnswerText)) == answer.text
    assert 0 < answer.seconds_to_first_token <= answer.seconds


def test_progress_never_runs_ahead_of_the_prompt(tmp_path: Path) -> None:
    events: list[AnswerEvent] = []
    with closing(opened(tmp_path, "slow")) as engine:
        answer = engine.ask(PACK, QUESTION, events.append)
    progress = [event for event in events if isinstance(event, PrefillProgress)]
    assert len(progress) >= 2
    assert events[: len(progress)] == progress
    assert {event.total for event in progress} == {answer.prompt_tokens}
    done = [event.done for event in progress]
    assert done == sorted(set(done))
    assert 0 < done[0] < done[-1] < progress[0].total


def test_what_vllm_is_given(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    with closing(opened(tmp_path, tensor_parallel_size=2)) as engine:
        prose = json.loads(" ".join(_words(engine, QUESTION)))
        data = json.loads(" ".join(_words(engine, Question("d", "Data?", 400, schema))))
    assert prose["params"] == {
        "temperature": 0,
        "seed": 4,
        "max_tokens": 500,
        "structured_outputs": None,
        "output_kind": "delta",
    }
    assert data["params"]["structured_outputs"] == {"json": schema}
    assert prose["arguments"] == {
        "enable_prefix_caching": True,
        "language_model_only": True,
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        "max_model_len": 20_000,
        "seed": 4,
        "tensor_parallel_size": 2,
    }


def _words(engine: OfflineEngine, question: Question) -> list[str]:
    events: list[AnswerEvent] = []
    engine.ask(PACK, question, events.append)
    return [event.text for event in events if isinstance(event, AnswerText)]


def test_without_a_window_vllm_takes_the_largest(tmp_path: Path) -> None:
    options = OfflineOptions("good", Path(sys.executable))
    with closing(open_offline(options, tmp_path)) as engine:
        said = json.loads(" ".join(_words(engine, QUESTION)))
    assert said["arguments"]["max_model_len"] == -1


def test_an_answer_that_repeats_itself_is_cancelled_and_the_next_one_comes(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as engine:
        with pytest.raises(UnusableAnswerError, match="repeats itself"):
            engine.ask(PACK, ENDLESS, ignore)
        assert engine.ask(PACK, QUESTION, ignore).finish_reason == "stop"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tensor_parallel_size=2", ("tensor_parallel_size", 2)),
        ("--kv-cache-dtype=fp8", ("kv_cache_dtype", "fp8")),
        ("enforce_eager=true", ("enforce_eager", True)),
        ('hf_overrides={"a": 1}', ("hf_overrides", {"a": 1})),
        ("revision=a=b", ("revision", "a=b")),
    ],
)
def test_arguments_as_the_user_writes_them(text: str, expected: tuple[str, Any]) -> None:
    assert parse_argument(text) == expected


# --- errors -------------------------------------------------------------------------------------


def test_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--model"):
        opened(tmp_path, "")


def test_without_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoServerError, match=r"scout-codebase\[serve\].*--vllm-python"):
        open_offline(OfflineOptions("good"), tmp_path)


def test_a_python_without_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vllm.py").write_text("raise ImportError('libcuda.so.1 is missing')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NoServerError, match=r"libcuda\.so\.1 is missing.*--vllm-python"):
        opened(tmp_path)


def test_a_python_that_is_none(tmp_path: Path) -> None:
    options = OfflineOptions("good", tmp_path / "bin" / "python")
    with pytest.raises(NoServerError, match="cannot be run"):
        open_offline(options, tmp_path)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("refused", "ValueError: No available memory for the cache blocks"),
        ("crash-loading", r"ended with code 9: .*free\(\): invalid pointer"),
        ("silent-loading", "wrote nothing to its log"),
    ],
)
def test_a_model_that_does_not_load(
    model: str, message: str, tmp_path: Path, spawned: list[int]
) -> None:
    with pytest.raises(ServerError, match=message) as caught:
        opened(tmp_path, model, timeout=4.0)
    assert "\n" not in str(caught.value)
    assert re.search(r"Its log is \S+\.log\.$", str(caught.value))
    assert_gone(spawned)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("crash-answering", "ended with code 11: .*Segmentation fault in a kernel"),
        ("out-of-memory", "RuntimeError: CUDA out of memory"),
        ("hanging", "did nothing for"),
    ],
)
def test_an_answer_that_fails_fails_all_later_ones(
    model: str, message: str, tmp_path: Path, spawned: list[int]
) -> None:
    with closing(opened(tmp_path, model, timeout=4.0)) as engine:
        with pytest.raises(ServerError, match=message):
            engine.ask(PACK, QUESTION, ignore)
        with pytest.raises(ServerError, match="ended"):
            engine.ask(PACK, QUESTION, ignore)
    assert_gone(spawned)


def test_a_prompt_beyond_the_window_is_refused_and_the_next_one_answered(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as engine:
        with pytest.raises(PromptTooLongError, match="20,000"):
            engine.ask("x" * 19_900, QUESTION, ignore)
        assert engine.ask(PACK, QUESTION, ignore).finish_reason == "stop"


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"id": 0, "ready": 1}', "\\xff\\xfe"])
def test_a_worker_that_talks_nonsense(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "nonsense.py"
    script.write_text(f"import sys\nsys.stdout.buffer.write(b'{line}\\n')\n")
    monkeypatch.setattr(worker, "__file__", str(script))
    with pytest.raises(ServerError, match=r"not an answer|ended"):
        opened(tmp_path)


def test_the_reviewed_folder_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed = tmp_path / "reviewed"
    reviewed.mkdir()
    for name in ("json", "queue", "vllm"):
        (reviewed / f"{name}.py").write_text("import pathlib; pathlib.Path('ran').touch()\n")
    monkeypatch.chdir(reviewed)
    opened(tmp_path / "logs").close()
    assert not list(tmp_path.rglob("ran"))


def test_a_review_of_a_prompt_that_was_cut_ends_with_3(shop: Path, run: Run) -> None:
    engine = ("--engine", "vllm-offline", "--vllm-python", sys.executable)
    window = ("--context-window", "200000")
    cut = run("review", shop, *engine, *window, "--model", "truncating", "--report", "architecture")
    assert cut.code == 3
    assert "read 2,000 tokens" in cut.err
    assert not list(Path("scout-report").glob("*.md"))
    assert run("review", shop, *engine, "--model", "m", "--vllm-option", "no").code == 2
    assert run("review", shop, *engine).code == 2


# --- the end ------------------------------------------------------------------------------------

PARENT = """
import sys
from pathlib import Path
from scout_codebase.engines.offline.engine import open_offline
from scout_codebase.engines.offline.options import OfflineOptions
from scout_codebase.records import Question

options = OfflineOptions(sys.argv[1], Path(sys.executable))
with open(sys.argv[2] + "/parent", "w"):
    engine = open_offline(options, Path(sys.argv[2]))
    engine.ask("x", Question("q", "y", 9), lambda _: None)
"""


def test_it_ends_with_all_its_processes_when_it_is_closed(tmp_path: Path) -> None:
    engine = opened(tmp_path, "family")
    processes = [engine.process_id, grandchild(tmp_path)]
    assert all(map(is_running, processes))
    engine.close()
    assert_gone(processes)
    engine.close()
    with pytest.raises(ServerError, match="ended"):
        engine.ask(PACK, QUESTION, ignore)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("model", ["family", "family-loading"])
def test_it_ends_with_its_parent(model: str, end: signal.Signals, tmp_path: Path) -> None:
    """While it loads, and while it answers."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, model, str(tmp_path)],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SCRIPTED_VLLM), *sys.path])},
    )
    with parent:
        processes = [grandchild(tmp_path), *children_of(parent.pid)]
        assert len(processes) == 2
        time.sleep(0.5)
        parent.send_signal(end)
        parent.wait(20)
        assert_gone(processes)


def grandchild(folder: Path) -> int:
    """What the scripted vLLM started, once it did."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for log in folder.glob("*.log"):
            if found := re.search(r"^child (\d+)$", log.read_text(), re.MULTILINE):
                return int(found[1])
        time.sleep(0.05)
    raise AssertionError("the model was never loaded")
