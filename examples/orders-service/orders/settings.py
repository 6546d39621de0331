"""Settings, read from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    api_token: str
    signing_key: str
    warehouse_url: str | None
    data: Path


def from_environment() -> Settings:
    return Settings(
        api_token=_required("ORDERS_API_TOKEN"),
        signing_key=_required("ORDERS_SIGNING_KEY"),
        warehouse_url=os.environ.get("ORDERS_WAREHOUSE_URL"),
        data=Path(os.environ.get("ORDERS_DATA", "data")).resolve(),
    )


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set")
    return value
