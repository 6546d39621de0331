"""The child process of the offline engine: vLLM's ``LLM`` behind lines of JSON.

    python worker.py

Runs in whatever environment has vLLM, so it imports nothing but the standard library (of Python
3.10) and vLLM. It must lead its process group. The first line of its standard input names the model
and the arguments of ``LLM``; each other line has an ``id`` and one of

    {"count": TEXT}                                      tokens of a chat of that one message
    {"ask": TEXT, "max_tokens": N, "seed": N, "schema": SCHEMA or null}
    {"cancel": true}                                     ends the answer with that id

Each line of its standard output has the ``id`` that it is about (0: loading) and one of

    {"ready": {"window", "model_type", "vocabulary", "version"}}
    {"count": N}
    {"chunk": CHUNK}      a chunk of a streamed answer in the form of the OpenAI protocol, with
                          ``prompt_progress`` as llama.cpp has it
    {"step": true}        a step of the engine is done
    {"done": true}        nothing more comes
    {"error": {"kind": "missing" | "loading" | "too-long" | "request" | "engine", "message"}}

What libraries print goes to standard error. When standard input ends, which is when the parent
does, however that happens, vLLM is shut down; then the whole group is killed, with this process.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
import time
import traceback
from typing import Any, NoReturn, TextIO

GRACE_SECONDS = 5.0
WORKERS_GRACE_SECONDS = 30.0  # workers of tensor parallelism share memory that they have to remove
BEAT_SECONDS = 0.5


class RefusedError(Exception):
    """A request that cannot be answered; ``kind`` is that of the error line."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Channel:
    """The two pipes. They are taken away from whatever this process starts, which could keep them
    open after it."""

    def __init__(self) -> None:
        self._input: TextIO = os.fdopen(os.dup(0), encoding="utf-8")
        self._output: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self.requests: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.cancelled = 0
        self.ended = False
        self.grace = 0.0  # before the model is loaded there is nothing to shut down
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, request: int, **message: Any) -> None:
        self._output.write(json.dumps({"id": request, **message}) + "\n")
        self._output.flush()

    def is_cancelled(self, request: int) -> bool:
        return self.ended or self.cancelled >= request

    def _read(self) -> None:
        for line in self._input:
            request = json.loads(line)
            if request.get("cancel"):
                self.cancelled = max(self.cancelled, request["id"])
            else:
                self.requests.put(request)
        self.ended = True
        self.requests.put(None)
        time.sleep(self.grace)
        kill_group()


class Model:
    """A loaded model. ``arguments`` are those of vLLM's ``LLM``."""

    def __init__(self, model: str, arguments: dict[str, Any]) -> None:
        try:
            from vllm import LLM, __version__
        except ImportError as error:
            raise RefusedError("missing", str(error)) from error
        try:
            self._llm = LLM(model=model, **arguments)
        except Exception as error:
            raise RefusedError("loading", f"{type(error).__name__}: {error}") from error
        self._version = __version__
        self._window: int = self._llm.llm_engine.model_config.max_model_len

    def describe(self) -> dict[str, Any]:
        config = self._llm.llm_engine.model_config
        return {
            "window": self._window,
            "model_type": config.hf_config.model_type,
            "vocabulary": config.get_vocab_size(),
            "version": self._version,
        }

    @property
    def grace(self) -> float:
        """How many seconds shutting down may take."""
        alone = self._llm.get_world_size() == 1
        return GRACE_SECONDS if alone else WORKERS_GRACE_SECONDS

    def token_ids(self, text: str) -> list[int]:
        """The chat of one user message, up to where the answer begins."""
        tokenizer = self._llm.get_tokenizer()
        messages = [{"role": "user", "content": text}]
        chat = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        ids: list[int] = tokenizer(chat, add_special_tokens=False)["input_ids"]
        return ids

    def answer(self, request: dict[str, Any], channel: Channel) -> None:
        """Streams the answer. Raises RefusedError where there can be none."""
        ids = self.token_ids(request["ask"])
        if len(ids) + request["max_tokens"] > self._window:
            raise RefusedError(
                "too-long",
                f"prompt and reply need {len(ids) + request['max_tokens']:,} tokens, "
                f"the window has {self._window:,}",
            )
        engine = self._llm.llm_engine
        name = engine.add_request(str(request["id"]), self._rendered(ids), self._sampling(request))
        try:
            self._run(request["id"], name, len(ids), channel)
        except Exception as error:
            raise RefusedError("engine", f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        self._llm.llm_engine.engine_core.shutdown()

    def _run(self, request: int, name: str, prompt_tokens: int, channel: Channel) -> None:
        engine = self._llm.llm_engine
        written, next_beat, computed = 0, 0.0, 0
        while engine.has_unfinished_requests():
            if channel.is_cancelled(request):
                engine.abort_request([name], internal=True)
                break
            # What was scheduled before this step has been read after it; what this step
            # schedules may still be under way.
            read, computed = computed, self._computed_tokens(name)
            for output in engine.step():
                written += len(output.outputs[0].token_ids)
                channel.send(request, chunk=_chunk(output, written))
            if time.monotonic() >= next_beat:
                channel.send(request, **_beat(0 if written else read, prompt_tokens))
                next_beat = time.monotonic() + BEAT_SECONDS

    def _computed_tokens(self, name: str) -> int:
        """How much of a request the scheduler has handed out; 0 where this vLLM does not show."""
        core = getattr(self._llm.llm_engine.engine_core, "engine_core", None)
        requests = getattr(getattr(core, "scheduler", None), "requests", {})
        return getattr(requests.get(name), "num_computed_tokens", 0)

    def _rendered(self, ids: list[int]) -> Any:
        (rendered,) = self._llm.renderer.render_cmpl([{"prompt_token_ids": ids}])
        return rendered

    def _sampling(self, request: dict[str, Any]) -> Any:
        from vllm.sampling_params import (
            RequestOutputKind,
            SamplingParams,
            StructuredOutputsParams,
        )

        schema = request["schema"]
        return SamplingParams(
            temperature=0,
            seed=request["seed"],
            max_tokens=request["max_tokens"],
            structured_outputs=StructuredOutputsParams(json=schema) if schema else None,
            output_kind=RequestOutputKind.DELTA,
        )


def _chunk(output: Any, written: int) -> dict[str, Any]:
    completion = output.outputs[0]
    choice = {
        "delta": {"content": completion.text},
        "finish_reason": completion.finish_reason if output.finished else None,
    }
    if not output.finished:
        return {"choices": [choice]}
    usage = {
        "prompt_tokens": len(output.prompt_token_ids),
        "completion_tokens": written,
        "prompt_tokens_details": {"cached_tokens": output.num_cached_tokens},
    }
    return {"choices": [choice], "usage": usage}


def _beat(read: int, total: int) -> dict[str, Any]:
    if not 0 < read < total:
        return {"step": True}
    return {"chunk": {"choices": [], "prompt_progress": {"processed": read, "total": total}}}


def serve(model: Model, request: dict[str, Any], channel: Channel) -> None:
    """One line of input. Raises RefusedError where the engine can answer no more."""
    number = request["id"]
    try:
        if "count" in request:
            channel.send(number, count=len(model.token_ids(request["count"])))
        else:
            model.answer(request, channel)
        channel.send(number, done=True)
    except RefusedError as error:
        channel.send(number, error={"kind": error.kind, "message": str(error)})
        if error.kind == "engine":
            raise
    except Exception as error:  # noqa: BLE001  # whatever the tokenizer or the grammar refuses
        message = f"{type(error).__name__}: {error}"
        channel.send(number, error={"kind": "request", "message": message})


def kill_group() -> NoReturn:
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("unreachable")


def main() -> NoReturn:
    if os.getpgrp() != os.getpid():
        raise SystemExit("worker.py must lead its process group")
    channel = Channel()
    first = channel.requests.get()
    if first is None:
        kill_group()
    try:
        model = Model(first["model"], first["arguments"])
    except RefusedError as error:
        channel.send(0, error={"kind": error.kind, "message": str(error)})
        kill_group()
    channel.grace = model.grace
    channel.send(0, ready=model.describe())
    try:
        while (request := channel.requests.get()) is not None:
            serve(model, request, channel)
        model.close()
    except RefusedError:
        pass  # has been told
    except Exception:  # noqa: BLE001  # the log is where the parent looks
        traceback.print_exc()
    kill_group()


if __name__ == "__main__":
    main()
