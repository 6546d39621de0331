"""One ``scout-review review`` against a real server, watched from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.packing.measure import FailedRunError, Run, descendants, timed
from benchmarks.serving.figures import Figure, equal
from benchmarks.serving.relay import Chat, relay
from scout_codebase.tokens import count_tokens
from tests.vllm_peer.server import VllmPeer, running_vllm_peer

PROMPTS = Path(__file__).with_name("prompts")
TEMPLATE_TOKENS = 10  # what Llama 4's chat template adds to one message
_QUESTION = "<question>\n"
_MAKE_MODEL = Path(__file__).parents[2] / "tests" / "vllm_peer" / "make_model.py"


@dataclass(frozen=True, slots=True)
class Measured:
    """``started`` is when the client was started, by the clock of the chats; ``run`` is the whole
    of it; ``chats`` are sorted by when they began; ``report`` is what it wrote, as data."""

    started: float
    run: Run
    chats: tuple[Chat, ...]
    report: Mapping[str, Any]

    @property
    def pack_tokens(self) -> int:
        return int(self.report["pack_tokens"])


@contextmanager
def four_layer_server(venv: Path) -> Iterator[VllmPeer]:
    """A real vLLM whose model has four layers with random weights, the fourth without chunks."""
    model = venv / "models" / "llama4-tiny"
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_vllm_peer(venv=venv, model_dir=model, log=Path(scratch) / "vllm.log") as peer,
    ):
        yield peer


def measured_review(
    tree: Path,
    report: str,
    questions: int,
    base_url: str,
    *options: str,
    memory: bool,
) -> Measured:
    """Reviews ``tree`` with a warm cache of its own. Raises FailedRunError where the client does
    not leave with 0, or sends another number of questions."""
    with tempfile.TemporaryDirectory() as scratch, relay(base_url, _processor_time) as between:
        folders, out = Path(scratch), Path(scratch) / "out"
        command = [sys.executable, "-m", "scout_codebase", "review", str(tree)]
        command += ["--prompts", str(PROMPTS), "--report", report, "--out", str(out)]
        command += ["--base-url", between.base_url, *options]
        timed([*command, "--dry-run"], folders)  # warms the cache, and sends nothing
        started = time.perf_counter()
        run = timed(command, folders, memory=memory)
        data = json.loads((out / f"{report}.json").read_text())
    chats = tuple(sorted(between.chats, key=lambda chat: chat.began))
    if len(chats) != questions:
        raise FailedRunError(f"{len(chats)} chats were sent for {questions} questions")
    return Measured(started, run, chats, data)


def _processor_time() -> float:
    """What the processes of the client have used up to now, in seconds."""
    ticks = 0
    for process in descendants(os.getpid()):
        folder = Path("/proc") / str(process)
        with suppress(OSError):  # it ended
            if b"-m\0scout_codebase" in (folder / "cmdline").read_bytes():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))  # its own and of those it waited for
    return ticks / os.sysconf("SC_CLK_TCK")


def question_tokens(chat: Chat) -> int:
    """Those of what follows the pack."""
    return count_tokens(_parts(chat)[1])


def sent_and_read(measured: Measured) -> list[Figure]:
    """That every question was accepted, had the same pack before it, and was read whole."""
    chats = measured.chats
    read = [int(chat.usage.get("prompt_tokens", 0)) for chat in chats]
    ours = [measured.pack_tokens + question_tokens(chat) for chat in chats]
    packs = {_parts(chat)[0] for chat in chats}
    return [
        equal("chats accepted", sum(chat.status == 200 for chat in chats), len(chats)),
        equal("different packs sent", len(packs), 1),
        *(
            equal(
                f"question {number}: tokens read less counted",
                theirs - own,
                TEMPLATE_TOKENS,
            )
            for number, (theirs, own) in enumerate(zip(read, ours, strict=True), 1)
        ),
    ]


def _parts(chat: Chat) -> tuple[str, str]:
    content = chat.content
    border = content.rindex(f"\n{_QUESTION}") + 1
    return content[:border], content[border:]


def one_layer_model(venv: Path, cache: Path, window: int) -> Path:
    """A Llama 4 with random weights and one chunked layer, made if it is not there yet."""
    folder = cache / f"llama4-one-layer-{window}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            made = Path(scratch) / "model"
            command = [str(venv / "bin" / "python"), str(_MAKE_MODEL), str(made)]
            command += ["--layers", "1", "--max-position", str(window)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            made.rename(folder)
    return folder
