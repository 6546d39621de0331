"""A review through a proxy that spoils the answers of a sound server."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import SOUND_ANSWERS, Run, server_of
from support.fault_proxy import FAULTS as PROXY_FAULTS
from support.fault_proxy import FaultProxy
from support.fault_runs import TEMPLATES, chosen_faults, what_is_wrong
from support.repositories import write_files

from engines.scripted_server import FAULTS
from scout_codebase.engines import server as server_module

ROUNDS = 2
NAMED = {
    *("connection refused", "reset", "stall in the answer", "429", "500", "503", "half a JSON"),
    *("wrong prompt_tokens", "duplicated chunks", "endless output", "slow first byte"),
}


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_RETRY_WAITS", (0.01, 0.01))
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


@pytest.mark.parametrize("fault", sorted(PROXY_FAULTS))
def test_a_run_through_a_fault(run: Run, shop: Path, tmp_path: Path, fault: str) -> None:
    prompts = tmp_path / "prompts"
    write_files(prompts, TEMPLATES)
    with server_of("sound").running() as upstream:
        for number in range(ROUNDS):
            out = tmp_path / f"out-{number}"
            silence = "--timeout=2" if fault.startswith("stall") else "--timeout=30"
            proxy = FaultProxy(upstream.base_url.removesuffix("/v1"), fault)
            with proxy.running():
                result = run(
                    *("review", shop, "--base-url", proxy.base_url, "--report", "architecture"),
                    *("--prompts", prompts, "--out", out, "--no-cache", silence),
                )
            assert what_is_wrong(fault, result.code, result.err, out) == ""
            assert proxy.chats


def test_the_faults_are_chosen_by_a_seed_and_all_of_them() -> None:
    assert set(PROXY_FAULTS) >= NAMED
    assert chosen_faults(200, 4) == chosen_faults(200, 4)
    assert chosen_faults(200, 4) != chosen_faults(200, 5)
    assert set(chosen_faults(200, 4)) == set(PROXY_FAULTS)


def test_what_is_wrong_with_a_run_is_noticed(tmp_path: Path) -> None:
    said = "scout-review: The server failed"
    assert what_is_wrong("500", 4, said, tmp_path) == ""
    for code, errors in ((0, said), (3, said), (4, "Traceback (most recent"), (4, "nothing")):
        assert what_is_wrong("500", code, errors, tmp_path)
    write_files(tmp_path, {"architecture.md": "finished"})
    assert "architecture.md" in what_is_wrong("500", 4, said, tmp_path)
    assert what_is_wrong("none", 0, "", tmp_path) == ""
