"""The offline engine: vLLM without a server, for as long as this process lives."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from scout_codebase.engines.base import OnEvent
from scout_codebase.engines.offline.child import SILENT_SECONDS, WorkerProcess
from scout_codebase.engines.offline.options import OfflineOptions
from scout_codebase.engines.stream import Transcript
from scout_codebase.engines.transport import SEED
from scout_codebase.errors import NoServerError, UsageError
from scout_codebase.records import Answer, EngineIdentity, Question

NAME = "vllm-offline"
_LLAMA4_VOCABULARY = 202_048
_AS_LARGE_AS_FITS = -1  # vLLM's own value for it
_ARGUMENTS: Mapping[str, Any] = {
    "enable_prefix_caching": True,
    "language_model_only": True,
    # Else a model can fill its budget with blanks that the schema allows.
    "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
}


def open_offline(
    options: OfflineOptions, log_folder: Path, on_note: Callable[[str], None] = lambda _: None
) -> OfflineEngine:
    """Loads the model and waits until it is ready; ``on_note`` is told where to watch that.

    Raises UsageError, NoServerError where vLLM is not installed, ServerError where loading fails;
    the message then holds vLLM's own, or the end of its log."""
    if not options.model:
        raise UsageError(
            f"--engine {NAME} has no model",
            remedy="Name a folder or a model on Hugging Face with --model.",
        )
    if os.name != "posix" or (options.python is None and not importlib.util.find_spec("vllm")):
        raise NoServerError(
            "vLLM is not installed here",
            remedy='Install it on Linux with: pip install "scout-codebase[serve]", or name the '
            "Python of the environment that has it with --vllm-python.",
        )
    folder = Path(options.model).expanduser()
    model = str(folder.absolute()) if folder.is_dir() else options.model
    on_note(f"vLLM loads {model}; its log is in {log_folder}")
    process = WorkerProcess.start(
        str(options.python.expanduser().absolute()) if options.python else sys.executable,
        model,
        _arguments(options),
        log_folder,
        options.timeout or SILENT_SECONDS,
    )
    return OfflineEngine(process, _identify(model, process.ready))


class OfflineEngine:
    """An Engine."""

    def __init__(self, process: WorkerProcess, identity: EngineIdentity) -> None:
        self._process = process
        self._identity = identity

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    @property
    def process_id(self) -> int:
        return self._process.process_id

    def count_tokens(self, prompt: str) -> int | None:
        with closing(self._process.request({"count": prompt})) as messages:
            counts = [message.get("count") for message in messages]
        return next((count for count in counts if type(count) is int), None)

    def reserve(self, tokens: int) -> int | None:
        """What was loaded has the window that it has."""
        del tokens
        return self._identity.context_window

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        transcript = Transcript(
            url=NAME, max_tokens=question.max_tokens, text_is_tokens=True, on_event=on_event
        )
        request = {
            "ask": prompt + question.text,
            "max_tokens": question.max_tokens,
            "seed": SEED,
            "schema": None if question.schema is None else dict(question.schema),
        }
        with closing(self._process.request(request)) as messages:
            for message in messages:
                if "chunk" in message:
                    transcript.feed(message["chunk"])
        return transcript.answer()

    def close(self) -> None:
        self._process.stop()


def _arguments(options: OfflineOptions) -> Mapping[str, Any]:
    window = options.context_window or _AS_LARGE_AS_FITS
    return {**_ARGUMENTS, "max_model_len": window, "seed": SEED, **options.arguments}


def _identify(model: str, ready: Mapping[str, Any]) -> EngineIdentity:
    """The model's own configuration says which vocabulary it has, whatever its name."""
    window, vocabulary = ready.get("window"), ready.get("vocabulary")
    is_llama4 = str(ready.get("model_type")).startswith("llama4")
    return EngineIdentity(
        family=NAME,
        model=model,
        address=NAME,
        context_window=window if type(window) is int and window > 0 else None,
        llama4_vocabulary=is_llama4 and vocabulary == _LLAMA4_VOCABULARY,
    )
