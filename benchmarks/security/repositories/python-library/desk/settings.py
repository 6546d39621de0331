"""Where things are, read from the environment."""

import os
from pathlib import Path

DATA = Path(os.environ.get("DESK_DATA", "data")).resolve()
DATABASE = DATA / "desk.db"
COVERS = DATA / "covers"
NOTICES = DATA / "notices"
METADATA_URL = os.environ.get("DESK_METADATA_URL", "https://metadata.example.org")
WEBHOOK_KEY = os.environ["DESK_WEBHOOK_KEY"].encode()
