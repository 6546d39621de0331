"""Reviews through a fault proxy in front of a real vLLM server. SCOUT_TEST_FAULT_RUNS sets how many
(each fault once where it is not set), SCOUT_TEST_FAULT_SEED their order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.command_line import SHOP
from support.fault_proxy import FAULTS
from support.fault_runs import chosen_faults, run_with_faults
from support.repositories import make_repository
from vllm_peer.server import VllmPeer

pytestmark = [pytest.mark.vllm, pytest.mark.long]


def test_runs_through_faults(
    vllm_peer: VllmPeer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = int(os.environ.get("SCOUT_TEST_FAULT_RUNS") or len(FAULTS))
    seed = int(os.environ.get("SCOUT_TEST_FAULT_SEED") or 4)
    repository = make_repository(tmp_path / "shop", SHOP)
    done = []
    for run in run_with_faults(vllm_peer.root, chosen_faults(runs, seed), repository, tmp_path):
        done.append(run)
        with capsys.disabled():
            print(f"{len(done)}/{runs} {run.fault}: {run.seconds:.1f} s {run.wrong}", flush=True)
    assert [run for run in done if run.wrong] == []
    assert len(done) == runs
