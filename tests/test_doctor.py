"""What doctor prints, and what it says to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.scripted_server import ScriptedServer
from support.command_line import Run, server_of


def test_doctor_says_what_is_there(run: Run, tmp_path: Path) -> None:
    result = run("doctor")
    assert result.code == 0
    text = result.out.decode()
    for part in ("scout-codebase", "git version", "embedded engine", str(tmp_path / "config")):
        assert part in text


def test_doctor_says_what_to_do_with_what_it_found(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"/api/version": {"version": "0.12.5"}}
    ollama = ScriptedServer(models=[{"id": "m", "owned_by": "library"}], routes=old)
    trt = ScriptedServer(models=[{"id": "m", "owned_by": "tensorrt_llm"}])
    with server_of("none").running() as vllm, ollama.running(), trt.running():
        ports = (vllm.port, ollama.port, trt.port)
        monkeypatch.setattr("scout_codebase.engines.discover.usual_ports", lambda: ports)
        lines = run("doctor").out.decode().splitlines()
    assert f"vLLM at {vllm.base_url}: m (window 65,536)" in lines
    assert f"  use it: scout-review REPO --base-url {vllm.base_url}" in lines
    assert any("0.12.5" in line and "Update Ollama" in line for line in lines)
    assert any("give --context-window" in line and "trtllm-serve" in line for line in lines)
