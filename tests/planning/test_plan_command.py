"""``scout-review plan`` from end to end, without a GPU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from support.command_line import Run, assert_one_line

from planning.test_architecture import DENSE
from scout_codebase.commands.plan import plan
from scout_codebase.planning import deployments, weights
from scout_codebase.planning.serving import SERVERS
from scout_codebase.templates import LENGTHS

H100 = ("--gpu", "h100", "--count", "8")


def test_the_tokens_of_a_repository_are_those_that_are_packed(run: Run, shop: Path) -> None:
    counted = json.loads(run("tokens", shop, "--format", "json").out)
    planned = json.loads(run("plan", shop, *H100, "--format", "json").out)
    assert planned["needed"]["prompt"] == counted["tokens"]
    assert planned["needed"]["besides"] == sum(counted["reserved"].values())
    best = planned["choices"][planned["best"]]
    assert (best["weights"], best["server"], best["fits"]) == ("bf16", "vllm", True)


def test_the_text_is_read_at_a_glance(run: Run) -> None:
    result = run("plan", "--tokens", "400000", "--gpu", "rtx4090", "--count", "4")
    assert result.code == 0
    lines = result.out.decode().splitlines()
    assert lines[0].startswith("4 x RTX 4090, 23.5 GiB each")
    assert "400,000 tokens" in lines[2]
    header = next(line for line in lines if "largest window" in line)
    rows = lines[lines.index(header) + 1 :][:12]
    (chosen,) = [row for row in rows if row.startswith(">")]
    assert chosen.split()[1:4] == ["w4a16", "fp8", "vllm"]
    assert any(line.startswith("> w4a16 weights") for line in lines)
    assert all(len(line) <= 140 for line in lines)


def test_the_command_in_the_text_is_the_one_in_the_data(run: Run) -> None:
    arguments = ("plan", "--tokens", "50000", *H100)
    text = run(*arguments).out.decode()
    (command,) = json.loads(run(*arguments, "--format", "json").out)["commands"]
    shown = text[text.index("vllm serve") :].split("\n\n")[0]
    assert shown.replace(" \\\n  ", " ").replace("'", "").split() == [
        word for words in command["arguments"] for word in words.split()
    ]
    assert command["secret"] == "VLLM_API_KEY"


def test_what_does_not_fit_ends_with_3_and_says_what_would(run: Run) -> None:
    result = run("plan", "--tokens", "20000", "--gpu", "rtx4090", "--count", "2")
    assert result.code == 3
    text = result.out.decode()
    assert "It does not fit. Nearest is Q3_K_M" in text
    assert "4 x rtx4090" in " ".join(text.split())
    assert "vllm serve" not in text
    data = json.loads(
        run("plan", "--tokens", "20000", "--gpu", "rtx4090", "--count", "2", "--format", "json").out
    )
    assert data["best"] is None
    assert data["commands"] == []
    wrong = run("plan", "--tokens", "20000", "--gpu", "rtx4090", "--format", "shell")
    assert_one_line(wrong, 3, "fits 1 x RTX 4090")
    assert wrong.out == b""


def test_several_nodes_get_a_command_each(run: Run) -> None:
    data = json.loads(run("plan", *H100, "--nodes", "3", "--format", "json").out)
    roles = [(row["launcher"], row["role"]) for row in data["commands"]]
    assert roles == [
        ("nnodes", "head"),
        ("nnodes", "worker 1"),
        ("nnodes", "worker 2"),
        ("ray", "head"),
        ("ray", "every worker"),
    ]
    text = run("plan", *H100, "--nodes", "3").out.decode()
    assert text.count("--headless") == 2
    assert "ray start" in text


def test_what_others_published_stands_beside_the_plan(run: Run) -> None:
    text = " ".join(run("plan", *H100).out.decode().split())
    assert "vLLM without hybrid: 1,000,000 published, 1,907,712 planned" in text
    assert "SGLang hybrid: 5,000,000 published" in text
    assert "published" not in run("plan", "--gpu", "h100", "--count", "4").out.decode()


def test_without_the_hybrid_manager_the_server_is_told_so(run: Run) -> None:
    data = json.loads(run("plan", *H100, "--no-hybrid", "--format", "json").out)
    (command,) = data["commands"]
    name = "VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE"
    assert command["environment"] == {name: "0"}
    assert data["choices"][0]["window"] == 1_907_712


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("llama.cpp", ["llama-server", "--ctx-size", "--cache-type-k"]),
        ("ollama", ["ollama", "serve", "OLLAMA_CONTEXT_LENGTH", "llama4:16x17b"]),
    ],
)
def test_servers_for_apple(run: Run, server: str, words: list[str]) -> None:
    result = run(
        *("plan", "--tokens", "300000", "--gpu", "m3-ultra", "--memory", "96"),
        *("--kv-cache", "q8_0", "--server", server),
    )
    text = result.out.decode()
    assert result.code == 0
    assert "vllm" not in text
    for word in words:
        assert word in text


def test_more_memory_for_the_gpu_of_a_mac_is_asked_of_the_system(run: Run) -> None:
    arguments = ("plan", "--tokens", "50000", "--gpu", "m3-ultra", "--memory", "64")
    assert run(*arguments).code == 3
    result = run(*arguments, "--usable-memory", "56")
    assert result.code == 0
    assert b"sudo sysctl iogpu.wired_limit_mb=57344" in result.out
    assert_one_line(run(*arguments, "--usable-memory", "64"), 2, "for the system")


def test_another_model_is_read_from_its_config(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(DENSE))
    arguments = ("plan", "--config", config, "--model", "org/model", "--tokens", "60000")
    data = json.loads(run(*arguments, "--gpu", "a100", "--format", "json").out)
    assert data["model"]["parameters"] == pytest.approx(8.03e9, rel=0.01)
    (command,) = data["commands"]
    assert command["arguments"][2] == "org/model"
    assert command["environment"] == {}
    assert "--language-model-only" not in command["arguments"]
    assert data["published"] == []


def test_the_folder_of_a_model_is_enough(run: Run, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text(json.dumps(DENSE))
    arguments = ("plan", "--model", tmp_path / "model", "--gpu", "a100", "--format", "json")
    data = json.loads(run(*arguments).out)
    assert data["model"]["parameters"] == pytest.approx(8.03e9, rel=0.01)
    (command,) = data["commands"]
    assert command["arguments"][2] == str(tmp_path / "model")


def test_a_config_in_the_working_folder_is_not_taken(run: Run) -> None:
    """Which may be that of a reviewed repository."""
    Path("config.json").write_text(json.dumps(DENSE))
    data = json.loads(run("plan", *H100, "--format", "json").out)
    assert data["model"]["name"].startswith("meta-llama/Llama-4-Scout")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--gpu", "h1000"), "not in the table"),
        (("--gpu", "m3-ultra"), "--memory"),
        (("--gpu", "h100", "--model", "x"), "--config"),
        (("--gpu", "h100", "--config", "none.json"), "none.json"),
        (("--gpu", "h100", "."), "is not in a git repository"),
        (("--gpu", "h100", "--tokens", "5", "."), "both given"),
        (("--gpu", "h100", "--tokens", "0"), "--tokens"),
        (("--memory", "64"), "--gpu m3-ultra"),
        (("--gpu", "h100", "--count", "0"), "--count"),
    ],
)
def test_what_makes_no_plan_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    assert_one_line(run("plan", *arguments), 2, said)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model_type": "llama"}', "\udcff"])
def test_a_config_that_is_none_is_one_line(run: Run, tmp_path: Path, text: str) -> None:
    config = tmp_path / "config.json"
    config.write_bytes(text.encode(errors="surrogateescape"))
    assert_one_line(run("plan", "--gpu", "h100", "--config", config), 2, "config.json")


def test_the_choices_of_options_are_the_rows_of_the_tables() -> None:
    choices = {
        str(option.name): list(option.type.choices)
        for option in plan.params
        if isinstance(option.type, click.Choice)
    }
    assert choices == {
        "quantization": [row.name for row in weights.FORMATS],
        "kv_cache": list(dict.fromkeys(row.name for row in weights.KV_FORMATS)),
        "server": [row.name for row in SERVERS],
        "output_format": ["text", "json", *(row.name for row in deployments.FORMATS)],
        "length": list(LENGTHS),
    }


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("for _ in 1 2; do echo 'NVIDIA L40S, 46068'; done", 0, "2 x L40S"),
        ("echo 'Tesla K80, 11441'", 2, "Tesla K80"),
        ("exit 9", 2, "nvidia-smi fails here"),
    ],
)
def test_the_gpus_of_this_machine_are_planned_for(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    code: int,
    said: str,
) -> None:
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    result = run("plan", "--tokens", "1000")
    assert result.code == code
    assert said in result.out.decode() + result.err
    if not code:
        assert b"4 x L40S" in run("plan", "--tokens", "1000", "--count", "4").out


def test_without_a_gpu_here_one_has_to_be_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("plan", "--tokens", "1000000")
    assert_one_line(result, 2, "--gpu h100 --count 8", "It would fit on 1 x", "2 x h100,")


def test_the_name_of_a_model_cannot_write_to_the_terminal(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(DENSE | {"_name_or_path": "\x1b[2J; rm -rf ~"}))
    result = run("plan", "--gpu", "h100", "--tokens", "1000", "--config", config)
    assert b"\x1b" not in result.out
    assert b"vllm serve '" in result.out


def every_word(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for item in value.values() for word in every_word(item)]
    if isinstance(value, list):
        return [word for item in value for word in every_word(item)]
    return [value] if isinstance(value, str) else []


def test_no_key_stands_in_a_command(run: Run) -> None:
    """Every user of a machine can read the command lines of its processes."""
    for arguments in (H100, ("--gpu", "m3-ultra", "--memory", "512")):
        data = json.loads(run("plan", "--tokens", "1000", *arguments, "--format", "json").out)
        words = every_word(data["commands"])
        assert any(word.endswith("_API_KEY") for word in words)
        assert not any("api-key" in word for word in words)
