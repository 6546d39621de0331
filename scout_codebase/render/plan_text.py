"""A plan as data, and as text to be read at a glance."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from scout_codebase.planning.architecture import SCOUT
from scout_codebase.planning.choose import RESERVE, SMALL_GPU_GIB, Choice, Plan, that_hold
from scout_codebase.planning.duration import ARITHMETIC_SHARE, BANDWIDTH_SHARE
from scout_codebase.planning.hardware import names_of
from scout_codebase.planning.published import WHY, Comparison, comparisons
from scout_codebase.planning.serving import (
    LAUNCHERS,
    UTILISATION,
    Launcher,
    ServeCommand,
    serve_commands,
)
from scout_codebase.planning.shell import key_lines, shell_command, shell_lines

_HEADER = (
    *("", "weights", "kv", "server", "weights GiB", "left GiB"),
    *("largest window", "fits", "first token", "with cache", "without"),
)
_LEFT = 4  # columns that are words
_ASSUMED = "Shares and reserves are assumed, not measured."
_WIDTH = 100
_KEPT = "\x00"  # a space at which no line ends


def plan_data(plan: Plan) -> dict[str, Any]:
    """Everything that the text says, and the words of each command. ``best`` is an index into
    ``choices``, None where nothing fits."""
    gpu = plan.cluster.gpu
    return {
        "model": {
            "name": plan.architecture.name,
            "parameters": plan.architecture.parameters,
            "window": plan.architecture.window,
        },
        "hardware": {
            "gpu": gpu.name,
            "title": plan.cluster.title,
            "count": plan.cluster.count,
            "nodes": plan.cluster.nodes,
            "memory_gib": gpu.memory_gib,
            "bf16_tflops": gpu.bf16_tflops,
            "fp8_tflops": gpu.fp8_tflops,
            "bandwidth_gb_per_s": gpu.bandwidth,
            "source": gpu.source,
        },
        "needed": {
            "prompt": plan.demand.work.prompt,
            "besides": plan.demand.besides,
            "tokens": plan.demand.tokens,
        },
        "assumed": {
            "utilisation": UTILISATION,
            "reserve_gib": asdict(RESERVE),
            "share_of_flops": ARITHMETIC_SHARE,
            "share_of_bandwidth": BANDWIDTH_SHARE,
            "work": asdict(plan.demand.work),
        },
        "choices": [_choice_data(choice) for choice in plan.choices],
        "best": plan.choices.index(plan.best) if plan.best else None,
        "commands": _commands_data(plan),
        "published": [_comparison_data(row) for row in _compared(plan)],
    }


def _choice_data(choice: Choice) -> dict[str, Any]:
    return {
        "weights": choice.weights.name,
        "kv": choice.kv.name,
        "server": choice.server.name,
        "tensor_parallel": choice.tensor,
        "pipeline_parallel": choice.pipeline,
        "weights_gib": round(choice.weights_gib, 2),
        "left_gib": round(choice.left_gib, 2),
        "window": choice.window,
        "fits": choice.fits,
        "seconds": {name: round(value, 2) for name, value in asdict(choice.times).items()},
    }


def _commands_data(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "launcher": launcher,
            "role": command.role,
            "before": [list(words) for words in command.before],
            "environment": dict(command.environment),
            "secret": command.secret,
            "arguments": list(command.arguments),
            "after": [list(words) for words in command.after],
        }
        for launcher, commands in _launches(plan)
        for command in commands
    ]


def _comparison_data(row: Comparison) -> dict[str, Any]:
    return {
        **asdict(row.published),
        "planned": row.planned,
        "explanation": row.explanation,
    }


def _compared(plan: Plan) -> tuple[Comparison, ...]:
    return comparisons(plan.cluster) if plan.architecture == SCOUT else ()


def _launches(plan: Plan) -> Iterator[tuple[Launcher, tuple[ServeCommand, ...]]]:
    if plan.best is None:
        return
    serving = plan.serving(plan.best)
    for launcher in LAUNCHERS if plan.cluster.nodes > 1 else LAUNCHERS[:1]:
        yield launcher, serve_commands(plan.best.server, replace(serving, launcher=launcher))


def plan_text(plan: Plan, subject: str) -> str:
    """``subject`` says what the tokens are those of."""
    blocks = [_head(plan, subject), _table(plan), _verdict(plan)]
    for launcher, commands in _launches(plan):
        blocks += list(_command_blocks(plan, launcher, commands))
    compared = _compared(plan)
    if compared:
        blocks.append(_published(compared))
    return "\n\n".join([*blocks, _assumptions(plan)])


def _head(plan: Plan, subject: str) -> str:
    gpu, need = plan.cluster.gpu, plan.demand
    model = plan.architecture
    reach = sum(not layer.span for layer in model.layers)
    described = (
        f"{model.name}: {model.parameters / 1e9:.1f} billion parameters, {reach} of "
        f"{len(model.layers)} layers attend to everything, window {model.window:,}"
    )
    lines = [f"{plan.cluster.title}, {gpu.memory_gib:.1f} GiB each", described]
    if need.tokens:
        lines.append(
            f"{subject}: {need.work.prompt:,} tokens and {need.besides:,} for question and reply"
        )
    return "\n".join(lines)


def _table(plan: Plan) -> str:
    columns = len(_HEADER) - (0 if plan.demand.work.prompt else 4)  # nothing to fit or to time
    rows = [row[:columns] for row in (_HEADER, *(_cells(plan, row) for row in plan.choices))]
    widths = [max(len(row[column]) for row in rows) for column in range(columns)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _cells(plan: Plan, choice: Choice) -> tuple[str, ...]:
    shown = choice.window > 0
    return (
        ">" if choice is plan.best else "",
        choice.weights.title,
        choice.kv.name,
        choice.server.name,
        f"{choice.weights_gib:.1f}",
        f"{choice.left_gib:.1f}",
        f"{choice.window:,}" if shown else "-",
        "yes" if choice.fits else "no",
        *(
            span(value) if shown else "-"
            for value in (choice.times.first_token, choice.times.cached, choice.times.uncached)
        ),
    )


def _verdict(plan: Plan) -> str:
    if plan.best is None:
        return _no_fit(plan)
    best, work = plan.best, plan.demand.work
    text = (
        f"> {best.weights.title} weights, {best.kv.name} keys and values, on {best.server.name}: "
        f"a window of up to {best.window:,} tokens"
    )
    if not work.prompt:
        return f"{text}."
    return (
        f"{text}.\n  First token after {span(best.times.first_token)}; {work.reports} reports of "
        f"{work.questions} questions take {span(best.times.cached)} with the prefix cache, "
        f"{span(best.times.uncached)} without."
    )


def _no_fit(plan: Plan) -> str:
    names = names_of(that_hold(plan.architecture, plan.demand)).replace(" x ", f"{_KEPT}x{_KEPT}")
    text = f"{_nearest(plan)}\nIt would fit on {names}."
    return "\n".join(_wrapped(text)).replace(_KEPT, " ")


def _nearest(plan: Plan) -> str:
    if not plan.choices:
        return "Nothing that was asked for runs on this hardware."
    widest = max(plan.choices, key=lambda choice: (choice.window, choice.left_gib))
    name = f"{widest.weights.title} with {widest.kv.name} keys and values"
    if widest.window:
        return f"It does not fit. The widest is {name}: {widest.window:,} tokens."
    short = f"{-widest.left_gib:.1f} GiB a GPU too few"
    if widest.left_gib >= 0:
        short = f"{widest.left_gib:.1f} GiB a GPU are left, which hold no window at all"
    text = f"It does not fit. Nearest is {name}: {short}."
    if widest.weights.kind == "gguf" and plan.cluster.gpu.vendor != "apple":
        text += "\nllama.cpp can keep experts in main memory (--n-cpu-moe N), which is slow."
    if plan.cluster.gpu.vendor == "apple":
        text += "\nmacOS lets the GPU have more on request: see --usable-memory."
    return text


def _command_blocks(
    plan: Plan, launcher: Launcher, commands: Sequence[ServeCommand]
) -> Iterator[str]:
    if plan.cluster.nodes > 1:
        name = "vLLM's own --nnodes" if launcher == "nnodes" else "a Ray cluster"
        yield f"# With {name}"
    for command in commands:
        lines = [] if plan.cluster.nodes == 1 else [f"# {command.role}"]
        lines += [*key_lines(command), *shell_lines(command.before), shell_command(command)]
        if command.after:
            lines += ["# then, beside it", *shell_lines(command.after)]
        yield "\n".join(lines)
    if plan.best and plan.best.server.name != "ollama":
        address = f"http://127.0.0.1:{plan.best.server.port}/v1"
        yield f"scout-review review REPO --base-url {address}"


def _published(rows: Sequence[Comparison]) -> str:
    lines = ["Published for this hardware (BF16), and what this plan says of the same:"]
    for row in rows:
        manager = "hybrid" if row.published.hybrid else "without hybrid"
        lines.append(
            f"  {row.published.server} {manager}: {row.published.window:,} published, "
            f"{row.planned:,} planned: {row.explanation} ({row.published.source})"
        )
    lines.append(WHY)
    return "\n".join(_wrapped("\n".join(lines)))


def _assumptions(plan: Plan) -> str:
    gpu = plan.cluster.gpu
    kinds = {choice.weights.kind for choice in plan.choices}
    kept = RESERVE.vllm_small if gpu.memory_gib < SMALL_GPU_GIB else RESERVE.vllm
    memory = []
    if "vllm" in kinds:
        memory.append(
            f"vLLM may use {UTILISATION:.0%} of each GPU and keeps {kept:g} GiB of that for "
            "activations and buffers"
        )
    if "gguf" in kinds:
        memory.append(f"llama.cpp keeps {RESERVE.llama_cpp:g} GiB of each GPU")
    time = (
        f"Time: {ARITHMETIC_SHARE:.0%} of {gpu.bf16_tflops:g} dense BF16 TFLOP/s and "
        f"{BANDWIDTH_SHARE:.0%} of {gpu.bandwidth:,g} GB/s ({gpu.source})."
    )
    parts = [f"Memory: {'; '.join(memory)}.", time] if memory else [time]
    return "\n".join(_wrapped(" ".join([*parts, _ASSUMED])))


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        yield from textwrap.wrap(
            line, _WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False
        )


def span(seconds: float) -> str:
    """A duration in two units at most."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7_200:
        return f"{round(whole / 60)} min"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"
