from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.scripted_server import Chat, ScriptedServer
from scout_codebase.engines import open as opening
from scout_codebase.engines.discover import Found, Stranger, discover, survey, usual_ports
from scout_codebase.engines.open import EngineChoice, open_engine
from scout_codebase.engines.server import Server
from scout_codebase.engines.table import FAMILIES, Family, Json, family_of_rows
from scout_codebase.errors import NoServerError, UsageError

OLLAMA = [{"id": "m", "owned_by": "library"}]
OLD = {"/api/version": {"version": "0.12.5"}}


def test_the_table_is_in_order() -> None:
    names = [family.name for family in FAMILIES]
    assert names == sorted(set(names))


LISTED: dict[str, Json] = {"mlx-lm": {"id": "m", "object": "model", "created": 1}}
"""Rows of `/v1/models` for the families that name no owner."""


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_row_can_be_recognised(family: Family) -> None:
    assert family.owners or family.probe_path or family.name in LISTED
    rows: list[Json] = [{"id": "m", "owned_by": owner} for owner in family.owners]
    rows += [LISTED[family.name]] if family.name in LISTED else []
    assert all(family_of_rows([row]) is family for row in rows)
    assert family_of_rows([{"id": "m", "owned_by": "somebody"}]) is None


def test_every_row_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    for family in FAMILIES:
        rows = [line for line in text.splitlines() if line.startswith(f"| {family.title} |")]
        assert len(rows) == 2
        assert all(str(port) in rows[0] for port in family.ports)
        assert f"| {family.requests_at_once} |" in rows[0]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_row_says_what_to_do_for_that_server(family: Family) -> None:
    remedies = (family.window_remedy, family.truncation_remedy, family.answer_remedy)
    assert all(remedy.endswith((".", ")")) and remedy != "" for remedy in remedies)
    generic = Family(name="", title="")
    assert generic.truncation_remedy not in remedies


def test_servers_are_found_in_the_order_of_the_ports() -> None:
    vllm, ollama = ScriptedServer(), ScriptedServer(models=OLLAMA, routes=OLD)
    with vllm.running(), ollama.running(), socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = discover((ollama.port, closed.getsockname()[1], vllm.port))
    assert [server.base_url for server in found] == [ollama.base_url, vllm.base_url]
    assert [bool(server.unusable) for server in found] == [True, False]


def test_a_port_that_says_nothing_costs_less_than_half_a_second() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        assert discover((silent.getsockname()[1],) * 6) == ()
        assert time.monotonic() - started < 0.8  # 0.4 s and the time that a busy machine adds


def test_a_port_that_says_its_answer_byte_by_byte_costs_no_more() -> None:
    with ScriptedServer(routes={"/api/version": _drip}, models=[]).running() as slow:
        started = time.monotonic()
        (found,) = survey((slow.port,))
        assert time.monotonic() - started < 0.8
    assert isinstance(found, Stranger)
    assert "said nothing within 0.4 s" in found.reason


def _drip(chat: Chat, _: object) -> None:
    chat.begin()
    while not chat.server.stopping.wait(0.05):
        chat.raw(" ")


def test_what_is_no_model_server_is_told_apart() -> None:
    def website(chat: Chat, _: object) -> None:
        chat.fail(200, "<html>It works!</html>")

    with ScriptedServer(routes={"/v1/models": website}).running() as other:
        (found,) = survey((other.port,))
        assert isinstance(found, Stranger)
        assert discover((other.port,)) == ()


def test_the_usual_ports_are_those_of_the_table() -> None:
    assert sorted(usual_ports()) == sorted({port for row in FAMILIES for port in row.ports})
    assert usual_ports()[-1] != 8000


# --- the choice ---------------------------------------------------------------------------------


@pytest.fixture
def choose(tmp_path: Path) -> Callable[..., EngineChoice]:
    def make(engine: str, **options: object) -> EngineChoice:
        return EngineChoice(engine=engine, cache_dir=tmp_path, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    """What discovery finds."""
    servers: list[Found] = []
    monkeypatch.setattr(opening, "discover", lambda: tuple(servers))
    return servers


def test_the_address_that_the_user_named_comes_first(
    choose: Callable[..., EngineChoice], found: list[Found]
) -> None:
    with ScriptedServer().running() as named, ScriptedServer().running() as other:
        found.extend(discover((other.port,)))
        engine = open_engine(choose("auto", base_url=named.base_url))
        assert engine.identity.address == named.base_url
        engine.close()


def test_then_a_server_on_this_machine(
    choose: Callable[..., EngineChoice], found: list[Found]
) -> None:
    notes: list[str] = []
    with (
        ScriptedServer(models=OLLAMA, routes=OLD).running() as ollama,
        ScriptedServer().running() as vllm,
    ):
        found.extend(discover((ollama.port, vllm.port)))
        engine = open_engine(choose("auto"), on_note=notes.append)
        assert isinstance(engine, Server)
        assert engine.identity.address == vllm.base_url
        engine.close()
    assert len(notes) == 1
    assert "Ollama" in notes[0]


@pytest.mark.parametrize(("model", "address"), [(None, "second"), ("b", "first"), ("m", "second")])
def test_a_server_whose_model_is_in_doubt_is_passed_over(
    choose: Callable[..., EngineChoice], found: list[Found], model: str | None, address: str
) -> None:
    notes: list[str] = []
    models = [{"id": name, "owned_by": "vllm", "max_model_len": 9} for name in ("a", "b")]
    with ScriptedServer(models=models).running() as first, ScriptedServer().running() as second:
        found.extend(discover((first.port, second.port)))
        engine = open_engine(choose("auto", model=model), on_note=notes.append)
        wanted = {"first": first.base_url, "second": second.base_url}[address]
        assert engine.identity.address == wanted
        engine.close()
    assert ["--model" in note for note in notes] == [True] * (address == "second")


def test_then_the_embedded_engine(
    choose: Callable[..., EngineChoice], found: list[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[EngineChoice] = []

    def embedded(choice: EngineChoice, _: object) -> None:
        opened.append(choice)

    monkeypatch.setattr(opening, "_open_embedded", embedded)
    for choice in (choose("auto"), choose("embedded", base_url="http://127.0.0.1:1")):
        open_engine(choice)
        assert opened[-1] is choice
    assert found == []


def test_no_server_where_one_is_asked_for(
    choose: Callable[..., EngineChoice], found: list[Found]
) -> None:
    with pytest.raises(UsageError, match="--base-url"):
        open_engine(choose("openai"))
    with pytest.raises(NoServerError):
        open_engine(choose("auto", base_url="http://127.0.0.1:1/v1"))
    assert found == []
