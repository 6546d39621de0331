"""An Engine whose answers are scripted, for tests of what is done with a model's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from scout_codebase.engines.base import OnEvent
from scout_codebase.records import Answer, AnswerText, EngineIdentity, Question

Script = Mapping[str, str] | Callable[[str, Question], str | Answer | Exception]

IDENTITY = EngineIdentity(
    family="scripted",
    model="scripted-model",
    address="scripted",
    context_window=131_072,
    llama4_vocabulary=False,
)
_CHARACTERS_A_TOKEN = 4


@dataclass
class ScriptedEngine:
    """Answers from ``script``: a text by the id of the question, or a function of prompt and
    question that gives a text, a whole Answer, or an exception to raise. Its tokens are four
    characters each. ``truncate_to`` makes it read no more than that many and say so."""

    script: Script
    identity: EngineIdentity = IDENTITY
    truncate_to: int | None = None
    asked: list[Question] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    closed: bool = False

    def count_tokens(self, prompt: str) -> int | None:
        return -(-len(prompt) // _CHARACTERS_A_TOKEN)

    def reserve(self, tokens: int) -> int | None:
        return self.identity.context_window

    def ask(self, prompt: str, question: Question, on_event: OnEvent) -> Answer:
        self.asked.append(question)
        self.prompts.append(prompt)
        scripted = self._scripted(prompt, question)
        if isinstance(scripted, Exception):
            raise scripted
        answer = (
            scripted if isinstance(scripted, Answer) else self._answer(prompt, question, scripted)
        )
        on_event(AnswerText(answer.text))
        return answer

    def close(self) -> None:
        self.closed = True

    def _scripted(self, prompt: str, question: Question) -> str | Answer | Exception:
        if callable(self.script):
            return self.script(prompt, question)
        return self.script[question.id]

    def _answer(self, prompt: str, question: Question, text: str) -> Answer:
        sent = self.count_tokens(prompt + question.text) or 0
        read = sent if self.truncate_to is None else min(sent, self.truncate_to)
        answer = Answer(
            text=text,
            finish_reason="stop",
            prompt_tokens=read,
            cached_tokens=0 if len(self.asked) == 1 else len(prompt) // _CHARACTERS_A_TOKEN,
            completion_tokens=-(-len(text) // _CHARACTERS_A_TOKEN),
            seconds_to_first_token=0.01,
            seconds=0.02,
        )
        return (
            replace(answer, finish_reason="length") if answer_is_cut(answer, question) else answer
        )


def answer_is_cut(answer: Answer, question: Question) -> bool:
    """Whether a server would have stopped at the limit of the question."""
    return (answer.completion_tokens or 0) > question.max_tokens
