"""Real servers for the end-to-end tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from vllm_peer.server import VllmPeer, running_vllm_peer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def vllm_venv() -> Path:
    """The environment with vLLM. `make test` installs it; a run that has not installed it skips
    these tests, unless SCOUT_TEST_VLLM or CI says that it must be there."""
    venv = Path(os.environ.get("SCOUT_TEST_VLLM") or ROOT / ".venv-vllm").resolve()
    if not (venv / "models" / "llama4-tiny").is_dir():
        message = f"vLLM is not installed in {venv}: run `make test`"
        if os.environ.get("SCOUT_TEST_VLLM") or os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return venv


@pytest.fixture(scope="session")
def vllm_peer(vllm_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmPeer]:
    """A real vLLM server with a random-weight Llama 4."""
    model = vllm_venv / "models" / "llama4-tiny"
    log = tmp_path_factory.mktemp("vllm") / "server.log"
    with running_vllm_peer(venv=vllm_venv, model_dir=model, log=log) as peer:
        yield peer
