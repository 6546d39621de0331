"""What a server says about itself: its family, its models and their windows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from scout_codebase.engines.faults import error_for_status, translated
from scout_codebase.engines.table import FAMILIES, GENERIC, Family, Json, family_of_rows, mapping
from scout_codebase.errors import ServerError, UsageError

_LLAMA4 = re.compile(
    r"llama[-_ .]?4(?!\d)|(?<![a-z])(?:scout|maverick|behemoth)(?![a-z])", re.IGNORECASE
)
_SCOUT = re.compile(r"(?<![a-z])scout(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model of a server. ``row`` is its entry in ``/v1/models``."""

    id: str
    window: int | None
    row: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """A server and its models, sorted by id. ``refused`` says why it must not be used, "" where it
    may."""

    family: Family
    models: tuple[ListedModel, ...]
    refused: str = ""


def has_llama4_vocabulary(model_id: str) -> bool:
    """Whether the name of a model says that it is of the Llama 4 generation, whose models share
    one vocabulary: ``Llama-4``, ``llama4``, or one of its proper names as a word (Scout,
    Maverick, Behemoth). A wrong guess is caught by the comparison with the server's count."""
    return _LLAMA4.search(model_id) is not None


def list_server(client: httpx.Client, api_url: str) -> Listing:
    """Raises NoServerError where nothing answers, ServerError where something else does."""
    with translated(api_url, GENERIC):
        response = client.get(f"{api_url}/models")
        if response.status_code == httpx.codes.NOT_FOUND:
            return Listing(_probe_family(client), ())
        if response.status_code != httpx.codes.OK:
            raise error_for_status(api_url, GENERIC, response.status_code, response.text)
        rows = _rows(response.json(), api_url)
    family = family_of_rows(rows) or _probe_family(client)
    info = mapping(_get_json(client, family.info_path)) if family.info_path else {}
    models = (ListedModel(str(row["id"]), family.window(row, info), row) for row in rows)
    return Listing(family, tuple(sorted(models, key=lambda model: model.id)), family.refuses(info))


def shown_window(client: httpx.Client, family: Family, model_id: str) -> int | None:
    """What the server says of one model's window, where it has a route for that."""
    if not family.show_path:
        return None
    with translated(str(client.base_url), family):
        response = client.post(family.show_path, json={"model": model_id})
        response.raise_for_status()
        return family.shown_window(mapping(response.json()))


def choose_model(listing: Listing, wanted: str | None, api_url: str) -> ListedModel:
    """The model that the user named, else the one Scout, else the only one. Raises UsageError
    that lists the models where that decides nothing."""
    ids = [model.id for model in listing.models]
    if wanted:
        if ids and wanted not in ids:
            raise UsageError(f"{api_url} has no model {wanted!r}", remedy=_offer(ids))
        return next((m for m in listing.models if m.id == wanted), ListedModel(wanted, None))
    if not ids:
        raise UsageError(
            f"{api_url} lists no model",
            remedy="Name one with --model, or correct the address (it usually ends in /v1).",
        )
    scouts = [model for model in listing.models if _SCOUT.search(model.id)]
    for candidates in (scouts, listing.models):
        if len(candidates) == 1:
            return candidates[0]
    raise UsageError(f"{api_url} has several models", remedy=_offer(ids))


def _offer(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
    return f"Choose with --model one of: {shown}."


def _rows(body: object, api_url: str) -> list[Json]:
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, list):
        raise ServerError(
            f"The server at {api_url} does not speak the OpenAI protocol",
            remedy="Check the address: it usually ends in /v1.",
        )
    return [row for row in data if isinstance(row, Mapping) and row.get("id")]


def _probe_family(client: httpx.Client) -> Family:
    for family in FAMILIES:
        if family.probe_path and _get_json(client, family.probe_path) is not None:
            return family
    return GENERIC


def _get_json(client: httpx.Client, path: str) -> object:
    """The answer of one of the server's own routes, None where it has no such route."""
    try:
        response = client.get(path)
        return response.json() if response.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, ValueError):
        return None
