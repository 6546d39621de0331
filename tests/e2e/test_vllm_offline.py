"""The offline engine with a real vLLM (CPU build) and a random-weight Llama 4."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.processes import assert_gone, children_of, is_running
from support.repositories import write_files

from scout_codebase.cli import cli
from scout_codebase.engines.offline.engine import OfflineEngine, open_offline
from scout_codebase.engines.offline.options import OfflineOptions
from scout_codebase.errors import PromptTooLongError, ServerError
from scout_codebase.pipeline import Packed, pack_repository
from scout_codebase.progress import Reporter
from scout_codebase.records import AnswerEvent, AnswerText, PrefillProgress, Question
from scout_codebase.reports.schema import bind, parse
from scout_codebase.settings import SelectionSettings
from scout_codebase.templates import TemplateLibrary
from scout_codebase.tokens import count_tokens

pytestmark = pytest.mark.vllm

EXAMPLE = Path(__file__).parents[2] / "examples" / "orders-service"
TEMPLATE_TOKENS = 10
WINDOW = 65_536
ARGUMENTS = {"enforce_eager": True, "max_num_batched_tokens": 2_048}


@pytest.fixture(scope="module")
def environment(vllm_venv: Path) -> Iterator[None]:
    """What a CPU build wants, and nothing that leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HF_HUB_OFFLINE": "1",
            "VLLM_CPU_KVCACHE_SPACE": "1",
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "VLLM_CACHE_ROOT": str(vllm_venv / "cache" / "vllm"),
            "VLLM_HOST_IP": "127.0.0.1",
        }.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def options(vllm_venv: Path, environment: None) -> OfflineOptions:
    model = str(vllm_venv / "models" / "llama4-tiny")
    return OfflineOptions(model, vllm_venv / "bin" / "python", WINDOW, ARGUMENTS)


@pytest.fixture(scope="module")
def engine(
    options: OfflineOptions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OfflineEngine]:
    with closing(open_offline(options, tmp_path_factory.mktemp("logs"))) as engine:
        processes = [engine.process_id, *children_of(engine.process_id)]
        yield engine
    assert_gone(processes)


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack_repository(SelectionSettings(EXAMPLE), TemplateLibrary(), Reporter(quiet=True))


def _question(text: str, max_tokens: int = 8) -> Question:
    return Question("q", f"<question>\n{text}\n</question>\n", max_tokens)


def test_who_answers(engine: OfflineEngine) -> None:
    assert engine.identity.context_window == WINDOW
    assert engine.identity.llama4_vocabulary


def test_it_reads_exactly_what_was_counted(engine: OfflineEngine, packed: Packed) -> None:
    """The second question from the prefix cache, and the same answer each time."""
    question = _question("What is this code base for?")
    first, second = (engine.ask(packed.pack.text, question, lambda _: None) for _ in range(2))
    ours = packed.pack.tokens + count_tokens(question.text)
    assert first.prompt_tokens == second.prompt_tokens == ours + TEMPLATE_TOKENS
    assert engine.count_tokens(packed.pack.text + question.text) == first.prompt_tokens
    assert (second.cached_tokens or 0) >= 0.9 * packed.pack.tokens
    assert (first.finish_reason, first.completion_tokens) == ("length", 8)
    assert first.text == second.text


def test_it_tells_how_much_of_the_prompt_it_has_read(engine: OfflineEngine) -> None:
    events: list[AnswerEvent] = []
    prompt = "".join(f"x{number} = {number * 7919}\n" for number in range(6_000))
    answer = engine.ask(prompt, _question("What is x5?"), events.append)
    progress = [event for event in events if isinstance(event, PrefillProgress)]
    assert len(progress) >= 2
    assert events[: len(progress)] == progress
    assert all(0 < event.done < event.total == answer.prompt_tokens for event in progress)
    assert "".join(event.text for event in events if isinstance(event, AnswerText)) == answer.text


def test_schema_answers_parse_and_name_only_real_paths(
    engine: OfflineEngine, packed: Packed
) -> None:
    paths = [file.path for file in packed.snapshot.files]
    schema = bind(TemplateLibrary().json("architecture/purpose.json"), {"@paths": paths})
    question = Question("q", "<question>\nPurpose?\n</question>\n", 2_000, schema)
    answer = engine.ask(packed.pack.text, question, lambda _: None)
    assert answer.finish_reason == "stop"
    assert parse(answer.text, schema)["path"] in paths


def test_a_prompt_beyond_the_window_and_a_schema_that_is_none(engine: OfflineEngine) -> None:
    """Neither costs the engine."""
    with pytest.raises(PromptTooLongError, match="65,536"):
        engine.ask("word " * WINDOW, _question("Anything?"), lambda _: None)
    broken = Question("q", "Broken?", 8, {"type": "no such type"})
    with pytest.raises(ServerError, match="could not answer"):
        engine.ask("x", broken, lambda _: None)
    assert engine.ask("x", _question("Well?"), lambda _: None).completion_tokens == 8


def test_a_model_that_is_none(options: OfflineOptions, tmp_path: Path) -> None:
    nothing = OfflineOptions(str(tmp_path), options.python, WINDOW, ARGUMENTS)
    with pytest.raises(ServerError, match="could not load the model") as caught:
        open_offline(nothing, tmp_path / "logs")
    assert "\n" not in str(caught.value)


PARENT = """
import sys
from pathlib import Path
from scout_codebase.engines.offline.engine import open_offline
from scout_codebase.engines.offline.options import OfflineOptions
from scout_codebase.records import Question

model, python, folder = sys.argv[1:]
options = OfflineOptions(model, Path(python), None, {"enforce_eager": True})
engine = open_offline(options, Path(folder))
print(engine.identity.context_window, flush=True)
print(engine.process_id, flush=True)
engine.ask("x = 1\\n" * 9_000, Question("q", "y", 5_000), lambda _: print("!", flush=True))
"""


def test_it_dies_with_its_parent_in_the_middle_of_an_answer(
    options: OfflineOptions, tmp_path: Path
) -> None:
    """Without a window of the user's own, it takes what fits into memory."""
    command = [sys.executable, "-c", PARENT, options.model, str(options.python), str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as parent:
        assert parent.stdout is not None
        assert int(parent.stdout.readline()) > WINDOW
        processes = [worker := int(parent.stdout.readline()), *children_of(worker)]
        assert is_running(worker)
        assert parent.stdout.readline() == "!\n"
        parent.send_signal(signal.SIGKILL)
        started = time.monotonic()
        assert_gone(processes)
        assert time.monotonic() - started < 15


# Held to its schema, a model whose weights are noise cannot get the answer wrong.
TEMPLATES = {
    "kind/report.toml": (
        'title = "Kind"\nsummary = "One question."\n\n[[question]]\nid = "kind"\n'
        'template = "kind.md.j2"\nmax_tokens = 40\nschema = "kind.json"\n'
    ),
    "kind/kind.md.j2": "What kind of code is this?\n",
    "kind/kind.json": (
        '{"type": "object", "properties": {"kind": {"type": "string", "enum": '
        '["a library of functions", "a service with a database"]}}}\n'
    ),
    "kind/report.md.j2": "Found: {{ (answers.kind[0].value or {'kind': 'nothing'}).kind }}\n",
}


def test_a_report_without_a_server(options: OfflineOptions, tmp_path: Path) -> None:
    write_files(tmp_path / "prompts", TEMPLATES)
    before = set(children_of(os.getpid()))
    result = CliRunner().invoke(
        cli,
        ["review", str(EXAMPLE), "--engine", "vllm-offline", "--model", options.model,
         "--vllm-python", str(options.python), "--vllm-option", "enforce_eager=true",
         "--context-window", str(WINDOW), "--report", "kind", "--out", str(tmp_path / "out"),
         "--prompts", str(tmp_path / "prompts"), "--no-cache"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "kind.md").read_text()
    assert re.search("Found: a (library of functions|service with a database)", page)
    assert "vllm-offline" in page
    assert set(children_of(os.getpid())) <= before
