"""Repositories to be probed, and engines whose recall is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from engines.scripted import ScriptedEngine

from scout_codebase.pipeline import Packed
from scout_codebase.probing import PlannedProbe, ask_probe, planned_probe
from scout_codebase.progress import Reporter
from scout_codebase.records import Answer, AskedQuestion, Probe, Question, Recall
from scout_codebase.session import Session
from scout_codebase.templates import TemplateLibrary
from support.packing import pack_texts

_VERBS = ("bake", "carve", "drain", "fetch", "grind", "hoist", "knead", "melt", "paint", "solder")
_NOUNS = ("anchor", "barrel", "candle", "drawer", "engine", "funnel", "girder", "hammer", "ingot")
_PARAMETERS = (
    "depth",
    "width",
    "length",
    "colour",
    "weight",
    "angle",
    "owner",
    "price",
    "quantity",
)


def invented(files: int, functions: int = 6) -> dict[str, str]:
    """Files of Python without repetitions; every one but the first imports the one before it."""
    texts: dict[str, str] = {}
    for number in range(files):
        name = chr(ord("a") + number % 26) * (2 + number // 26)
        lines = [f"from shop.{_previous(texts)} import settings\n\n"] if texts else []
        lines += [_function(number * functions + row) for row in range(functions)]
        texts[f"shop/{name}.py"] = "\n".join(lines)
    return {"shop/__init__.py": "", **texts}


def _previous(texts: Mapping[str, str]) -> str:
    return list(texts)[-1].removeprefix("shop/").removesuffix(".py")


def _function(number: int) -> str:
    """Its name, its parameters and its lines have numbers of their own: none tells another."""
    verb, noun = _VERBS[number % len(_VERBS)], _NOUNS[number // len(_VERBS) % len(_NOUNS)]
    first, second = (_PARAMETERS[(number * step + step) % len(_PARAMETERS)] for step in (2, 5))
    own, other, last = ((number + 1) * step % 9973 for step in (4421, 7043, 8831))
    return (
        f"def {verb}_{noun}_{number}({first}, {second}_{own}=None):\n"
        f'    """Shows how to do the work of page {other}."""\n'
        f"    checked = settings.check({first}, limit={last})\n"
        f"    return checked or {second}_{own}\n\n"
    )


def packed_texts(texts: Mapping[str, str]) -> Packed:
    packed = pack_texts(texts)
    return Packed(packed.graph, packed.pack)


def planned(texts: Mapping[str, str], wanted: int) -> PlannedProbe:
    return planned_probe(packed_texts(texts), wanted, TemplateLibrary())


def reply(choice: str) -> str:
    return json.dumps({"answer": choice})


def wrong(probe: Probe) -> str:
    return next(choice for choice in probe.choices if choice != probe.answer)


def answering(
    probes: Iterable[Probe], says: Callable[[Probe], str | Answer | Exception]
) -> ScriptedEngine:
    """An engine that answers what ``says`` makes of the probe that is asked."""
    by_id = {probe.question.id: probe for probe in probes}

    def script(prompt: str, question: Question) -> str | Answer | Exception:
        del prompt
        return says(by_id[question.id])

    return ScriptedEngine(script)


def probed(
    texts: Mapping[str, str], wanted: int, says: Callable[[Probe], str | Answer | Exception]
) -> tuple[Recall, tuple[AskedQuestion, ...], ScriptedEngine]:
    """A whole probe by a scripted engine."""
    packed = packed_texts(texts)
    probe = planned_probe(packed, wanted, TemplateLibrary())
    engine = answering(probe.plan.probes, says)
    reporter = Reporter(quiet=True)
    session = Session(packed, engine, reporter)
    session.open_window(1_000, 1_000)
    with reporter.asking("Recall probe", len(probe.questions), packed.pack.tokens) as conversation:
        recall, asked = ask_probe(probe, session, conversation)
    return recall, asked, engine
