"""Servers that behave as their families document it, the ways in which they cut a prompt in
silence included. They count with Llama 4's vocabulary, as a server of Scout does, and answer
soundly what the schema of the question demands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from support.command_line import sound

from engines.scripted_server import Chat, ScriptedServer
from scout_codebase.tokens import count_tokens

TEMPLATE = 10
"""What Llama 4's chat template adds to one message."""
MODEL = "meta-llama/Llama-4-Scout-17B-16E-Instruct"
WINDOW = 65_536
PROSE = "It finds. " * 9


def tokens_of(body: Mapping[str, Any]) -> int:
    (message,) = body["messages"]
    return count_tokens(message["content"]) + TEMPLATE


def answer_to(schema: Mapping[str, Any] | None) -> str:
    return PROSE if schema is None else json.dumps(sound(schema))


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = body.get("response_format")
    return wanted["json_schema"]["schema"] if wanted else None


def say_all(chat: Chat, text: str, read: int, *, cached: int | None = None) -> None:
    chat.begin()
    chat.say(text, "stop")
    chat.usage(10, read, cached)
    chat.end()


def sglang(
    *, reads: int = WINDOW, told: bool = True, truncates: bool = False, cache_report: bool = False
) -> ScriptedServer:
    """SGLang with memory for ``reads`` tokens. With --allow-auto-truncate a longer prompt loses its
    end and ``usage`` tells what is left; ``told`` is whether this version has /get_server_info.

    https://docs.sglang.io/advanced_features/server_arguments.html (--allow-auto-truncate,
    --enable-cache-report), and ``ModelCard``, ``UsageInfo``, ``ErrorResponse`` in
    https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/openai/protocol.py
    """

    def answers(chat: Chat) -> None:
        body = chat.body
        sent = tokens_of(body)
        if sent > reads and not truncates:
            message = (
                f"The input ({sent} tokens) is longer than the model's context length "
                f"({reads} tokens)."
            )
            chat.fail(400, {"object": "error", "message": message, "type": "BadRequestError"})
            return
        cached = sent - 100 if cache_report and len(chat.server.chats) > 1 else 0
        say_all(
            chat,
            answer_to(schema_of(body)),
            min(sent, reads),
            cached=cached if cache_report else None,
        )

    info = {
        "allow_auto_truncate": truncates,
        "max_total_num_tokens": reads,
        "max_req_input_len": reads,
    }
    return ScriptedServer(
        answers=answers,
        models=[{"id": MODEL, "owned_by": "sglang", "max_model_len": WINDOW}],
        routes={"/get_server_info": info} if told else {},
    )


def lm_studio(
    *, loaded: int = WINDOW, overflow: str = "error", reads: int = WINDOW
) -> ScriptedServer:
    """LM Studio. What does not fit ends, by version and settings, in an error event under HTTP 200
    ("error"), in a well-formed stream without any text ("empty"), or in a prompt without its middle
    ("truncated").

    https://lmstudio.ai/docs/developer/rest/endpoints (/api/v0/models),
    https://lmstudio.ai/docs/python/llm-prediction/parameters (context overflow policies),
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546 and /2339
    """

    def answers(chat: Chat) -> None:
        body = chat.body
        sent = tokens_of(body)
        if sent <= reads or overflow == "truncated":
            say_all(chat, answer_to(schema_of(body)), min(sent, reads))
        elif overflow == "empty":
            say_all(chat, "", sent)
        else:
            chat.begin()
            text = (
                f"Trying to keep the first {sent} tokens when context the overflows. However, the "
                f"model is loaded with context length of only {reads} tokens, which is not enough."
            )
            chat.raw(f"event: error\ndata: {json.dumps({'error': {'message': text}})}\n\n")

    row = {"id": MODEL, "object": "model", "state": "loaded", "max_context_length": 10_485_760}
    return ScriptedServer(
        answers=answers,
        models=[{"id": MODEL, "object": "model", "owned_by": "organization_owner"}],
        routes={"/api/v0/models": {"data": [{**row, "loaded_context_length": loaded}]}},
    )


def tensorrt_llm(*, holds: int = WINDOW) -> ScriptedServer:
    """TensorRT-LLM, which tells no window. A prompt beyond ``max_num_tokens`` is an error; a reply
    beyond ``max_seq_len`` ends early, in silence.

    https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/trtllm-serve.html,
    https://github.com/NVIDIA/TensorRT-LLM/blob/main/tensorrt_llm/serve/openai_protocol.py,
    https://github.com/NVIDIA/TensorRT-LLM/issues/9277
    """

    def answers(chat: Chat) -> None:
        body = chat.body
        sent = tokens_of(body)
        if sent > holds:
            message = (
                f"The sum of prompt length ({float(sent)}), query length (0) should not exceed "
                f"max_num_tokens ({holds})"
            )
            error = {"object": "error", "message": message, "type": "BadRequestError", "code": 400}
            chat.fail(400, error)
        elif sent + body["max_tokens"] > holds:
            chat.begin()
            chat.say(answer_to(schema_of(body))[:20], "length")
            chat.usage(holds - sent, sent, 0)
            chat.end()
        else:
            say_all(chat, answer_to(schema_of(body)), sent, cached=0)

    return ScriptedServer(answers=answers, models=[{"id": MODEL, "owned_by": "tensorrt_llm"}])


def mlx_lm() -> ScriptedServer:
    """MLX-LM: it tells no window and sets none, ignores ``response_format``, keeps the connection
    alive with comments, and writes 512 tokens where ``max_tokens`` is not sent.

    https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md,
    ``handle_completion`` in https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py
    """

    def answers(chat: Chat) -> None:
        body = chat.body
        sent = tokens_of(body)
        content = body["messages"][0]["content"]
        _, _, asked = content.rpartition("this JSON Schema allows: ")
        schema = json.loads(asked.partition("\n")[0]) if asked != content else None
        chat.begin()
        for read in range(0, sent, 2048):
            chat.raw(f": keepalive {read}/{sent}\n\n")
        granted = body.get("max_tokens", 512)
        chat.say(answer_to(schema), "stop" if granted else "length")
        chat.usage(10, sent, 0)
        chat.end()

    return ScriptedServer(
        answers=answers, models=[{"id": MODEL, "object": "model", "created": 1_700_000_000}]
    )


OLLAMA_MODEL = "llama4:scout"


@dataclass
class Ollama:
    """Ollama of a ``version``, with memory for ``room`` tokens and a model trained on ``trained``.

    ``truncate`` and ``shift`` are obeyed unless ``obeys`` is false, as before 0.12.6; a prompt that
    is cut keeps half of the window (``num_ctx / 2 + 2``). ``counts_cached`` is false before 0.2,
    where only evaluated tokens were counted.

    https://github.com/ollama/ollama/blob/main/docs/api.md, ``ChatRequest`` and
    ``ProcessModelResponse`` in https://github.com/ollama/ollama/blob/main/api/types.go, and
    https://github.com/ollama/ollama/issues/17427 (half of the window), /3427 and /pull/5371 (what
    is counted)
    """

    version: str = "0.40.2"
    trained: int = 10_485_760
    room: int = WINDOW
    obeys: bool = True
    counts_cached: bool = True
    refusal: str = "llama-server"
    loaded: int = 0
    chats: list[dict[str, Any]] = field(default_factory=list)

    def server(self) -> ScriptedServer:
        shown = {
            "general.architecture": "llama4",
            "llama4.context_length": self.trained,
        }
        return ScriptedServer(
            models=[{"id": OLLAMA_MODEL, "object": "model", "owned_by": "library"}],
            routes={
                "/api/version": {"version": self.version},
                "/api/show": {"model_info": shown},
                "/api/ps": self.running,
                "/api/chat": self.chat,
            },
        )

    def running(self, chat: Chat, _: object) -> None:
        row = {"name": OLLAMA_MODEL, "model": OLLAMA_MODEL, "context_length": self.loaded}
        chat.fail(200, {"models": [row] if self.loaded else []})

    def chat(self, chat: Chat, body: dict[str, Any]) -> None:
        self.loaded = min(body["options"]["num_ctx"], self.room, self.trained)
        if not body["messages"]:
            chat.fail(200, {"message": {"content": ""}, "done_reason": "load", "done": True})
            return
        self.chats.append(body)
        sent = tokens_of(body)
        if sent > self.loaded and self.obeys and body.get("truncate") is False:
            chat.fail(400, self._refusal(sent))
            return
        read = sent if sent <= self.loaded else self.loaded // 2 + 2
        if not self.counts_cached and len(self.chats) > 1:
            read = 100
        chat.begin()
        for piece in answer_to(body.get("format")).split(" "):
            line = {"message": {"role": "assistant", "content": piece + " "}, "done": False}
            chat.raw(json.dumps(line) + "\n")
        counts = {"prompt_eval_count": read, "eval_count": 10}
        end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
        chat.raw(json.dumps({**end, **counts}) + "\n")

    def _refusal(self, sent: int) -> dict[str, str]:
        if self.refusal == "runner":
            return {"error": "the input length exceeds the context length"}
        detail = {
            "code": 400,
            "message": f"request ({sent} tokens) exceeds the available context size",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": sent,
            "n_ctx": self.loaded,
        }
        return {"error": json.dumps({"error": detail})}
