"""Stands in for vLLM in the worker of the offline engine: as much of its interface as that uses,
and a way to fail that the name of the model says. Where the variable SCRIPTED_VLLM says ``sound``,
answers are what their schemas demand, and the window holds a small repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

__version__ = "0.0"
STEP = 100
SOUND = os.environ.get("SCRIPTED_VLLM") == "sound"
CACHED = 7


def sound_answer(params: Any) -> str:
    from support.command_line import sound

    wanted = params.structured_outputs
    return json.dumps(sound(wanted["json"])) if wanted else "It finds. " * 9


class LLM:
    def __init__(self, model: str, **arguments: Any) -> None:
        print("vLLM says hello on standard output", flush=True)
        self.behaviour = model.rpartition("/")[2]
        self.arguments = arguments
        if self.behaviour == "refused":
            raise ValueError("No available memory\nfor the cache blocks")
        if self.behaviour == "crash-loading":
            print("free(): invalid pointer", file=sys.stderr, flush=True)
            os._exit(9)
        if self.behaviour in ("family", "family-loading"):
            child = subprocess.Popen(["sleep", "600"])
            print(f"child {child.pid}", file=sys.stderr, flush=True)
        if self.behaviour in ("silent-loading", "family-loading"):
            time.sleep(600)
        self.llm_engine = Engine(self)
        self.renderer = SimpleNamespace(render_cmpl=lambda prompts: prompts)

    def get_tokenizer(self) -> Tokenizer:
        return Tokenizer()

    def get_world_size(self) -> int:
        return int(self.arguments.get("tensor_parallel_size", 1))


class Tokenizer:
    """A token a character, a template of ten."""

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, add_generation_prompt: bool, tokenize: bool
    ) -> str:
        (message,) = messages
        assert add_generation_prompt
        assert not tokenize
        return f"<{message['role']}>{message['content']}</s>"

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        return {"input_ids": [ord(character) for character in text]}


class Engine:
    def __init__(self, llm: LLM) -> None:
        self.llm = llm
        hf_config = SimpleNamespace(model_type="llama4" if "llama4" in llm.behaviour else "qwen2")
        self.model_config = SimpleNamespace(
            max_model_len=max(llm.arguments["max_model_len"], 200_000 if SOUND else 20_000),
            hf_config=hf_config,
            get_vocab_size=lambda: 202_048,
        )
        self.scheduler = SimpleNamespace(requests={})
        core = SimpleNamespace(scheduler=self.scheduler)
        self.engine_core = SimpleNamespace(engine_core=core, shutdown=lambda: None)
        self.left: list[str] = []

    def add_request(self, name: str, prompt: dict[str, list[int]], params: Any) -> str:
        self.prompt = prompt["prompt_token_ids"]
        if self.llm.behaviour == "truncating":
            self.prompt = self.prompt[-2_000:]
        self.request = SimpleNamespace(num_computed_tokens=0)
        self.scheduler.requests[name] = self.request
        if "REPEAT YOURSELF" in "".join(map(chr, self.prompt)):
            self.left = ["again and again "] * params.max_tokens
        elif SOUND:
            self.left = [sound_answer(params)]
        else:
            said = {"params": vars(params), "arguments": self.llm.arguments}
            self.left = json.dumps(said).split(" ")
        return name

    def has_unfinished_requests(self) -> bool:
        return bool(self.left)

    def abort_request(self, names: list[str], *, internal: bool) -> None:
        assert internal
        assert names
        self.left = []

    def step(self) -> list[Any]:
        if self.request.num_computed_tokens < len(self.prompt):
            read = self.request.num_computed_tokens + STEP
            self.request.num_computed_tokens = min(read, len(self.prompt))
            time.sleep(0.2 if self.llm.behaviour == "slow" else 0)
            return []
        self.fail()
        text, *self.left = self.left
        output = SimpleNamespace(text=text, token_ids=[1], finish_reason=None)
        if not self.left:
            output.finish_reason = "stop"
        return [
            SimpleNamespace(
                outputs=[output],
                finished=not self.left,
                prompt_token_ids=self.prompt,
                num_cached_tokens=CACHED,
            )
        ]

    def fail(self) -> None:
        match self.llm.behaviour:
            case "crash-answering":
                print("Segmentation fault in a kernel", file=sys.stderr, flush=True)
                os._exit(11)
            case "out-of-memory":
                raise RuntimeError("CUDA out of memory")
            case "hanging" | "family":
                time.sleep(600)
