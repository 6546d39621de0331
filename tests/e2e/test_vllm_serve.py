"""``serve`` with a real vLLM (CPU build): what it is told, and that nothing of it is left."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.processes import wait_until
from support.serving_peer import Peer

pytestmark = pytest.mark.vllm

EXAMPLE = Path(__file__).parents[2] / "examples" / "orders-service"
READY_WITHIN = 600.0
ENGINE_AND_WORKER = 5
"""And before them scout-review, the supervisor and the API server."""


@pytest.fixture
def peer() -> Iterator[Peer]:
    variables = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_NO_USAGE_STATS": "1",
    }
    with Peer.at_home(variables) as peer:
        yield peer


def test_a_real_server_starts_with_the_planned_flags_and_ends(peer: Peer, vllm_venv: Path) -> None:
    ready = peer.home / "ready.env"
    run = peer.start(
        *("serve", EXAMPLE, "--port", str(peer.port), "--ready-file", ready),
        *("--vllm-python", vllm_venv / "bin" / "python"),
        *("--model", vllm_venv / "models" / "llama4-tiny", "--", "--enforce-eager"),
    )
    wait_until(lambda: ready.exists() or run.poll() is not None, "never ready", READY_WITHIN)
    assert run.poll() is None, run.communicate()[1]
    key = ready.read_text().split("SCOUT_REVIEW_API_KEY=")[1].strip()
    models = f"http://127.0.0.1:{peer.port}/v1/models"
    assert httpx.get(models).status_code == 401
    (model,) = httpx.get(models, headers={"Authorization": f"Bearer {key}"}).json()["data"]
    assert model["max_model_len"] == 65_536
    assert "disable_any_whitespace=True" in peer.log
    assert len(peer.processes()) >= ENGINE_AND_WORKER
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 130
    stages = [line for line in err.splitlines() if line.startswith("vLLM: ")]
    assert "starting" in stages[0]
    assert len(stages) > 1
    peer.nothing_is_left(within=0)
    assert key not in err + peer.log
