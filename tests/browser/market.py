"""A repository with weaknesses of several classes, and a model that finds them all."""

from __future__ import annotations

import json
from typing import Any

from engines.scripted_server import Chat

QUOTE = "return eval(key)[:limit]"
MARKET = {
    "README.md": "# Market\n\nSells things by the dozen.\n",
    "pyproject.toml": '[project]\nname = "market"\n',
    "shop/__init__.py": "",
    "shop/store.py": (
        '"""Where things are kept."""\n\nLIMIT = 3  # things\n\n\n'
        f"def find(key, limit=LIMIT):\n    {QUOTE}\n"
    ),
    "web/__init__.py": "",
    "web/app.py": (
        "import sqlite3\n\nfrom flask import Flask, request\n\nfrom shop.store import find\n"
        "from tools.press import press\n\napp = Flask(__name__)\n\n\n@app.get('/find')\n"
        "def show():\n    return find(request.args['key'])\n\n\n@app.get('/rows')\ndef rows():\n"
        "    order = request.args['order']\n    database = sqlite3.connect('market.db')\n"
        "    return database.execute(f'SELECT * FROM things ORDER BY {order}').fetchall()\n\n\n"
        "@app.post('/press')\ndef pressed():\n    return press(request.form['name'])\n"
    ),
    "tools/__init__.py": "",
    "tools/press.py": (
        "import hashlib\nimport subprocess\n\n\ndef press(name):\n"
        "    subprocess.run(f'lp {name}', shell=True)\n"
        "    return hashlib.md5(name.encode()).hexdigest()\n"
    ),
}


def answers_about_the_market(chat: Chat) -> None:
    wanted = chat.body.get("response_format")
    text = json.dumps(_value(wanted["json_schema"]["schema"])) if wanted else "It sells. " * 9
    chat.begin()
    chat.say(text, "stop")
    chat.usage(10)
    chat.end()


def _value(schema: Any) -> Any:
    if "enum" in schema:
        return next((row for row in schema["enum"] if "shop/store" in str(row)), schema["enum"][0])
    if schema["type"] == "object":
        value = {name: _value(part) for name, part in schema["properties"].items()}
        return value | ({"quote": QUOTE} if "quote" in value else {})
    if schema["type"] == "array":
        return [_value(schema["items"])] * max(1, schema.get("minItems", 0))
    if schema["type"] == "string":
        text = "It sells things by the dozen, and keeps them in `shop/store.py`"
        return text[: schema["maxLength"]].ljust(schema.get("minLength", 0), "s")
    return True
