"""Made-up secrets of many kinds. They are put together here and now, so that no file of this
repository holds a text that a scanner of pushes would take for one."""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass

_ALPHANUMERIC = string.ascii_letters + string.digits
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_HEX = "0123456789abcdef"
_random = random.Random(20)


def _some(count: int, alphabet: str = _ALPHANUMERIC) -> str:
    return "".join(_random.choice(alphabet) for _ in range(count))


def _base64(count: int) -> str:
    return base64.b64encode(_random.randbytes(count)).decode()


def _jwt() -> str:
    head, claims = {"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890", "iat": 1516239022}
    parts = (json.dumps(head).encode(), json.dumps(claims).encode(), _random.randbytes(32))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@dataclass(frozen=True)
class Sample:
    """A text that holds secrets, what those are, and the path of a file that would hold it."""

    name: str
    text: str
    values: tuple[str, ...]
    path: str = "app/settings.py"


def _sample(name: str, before: str, value: str, after: str = "", path: str = "") -> Sample:
    return Sample(name, f"{before}{value}{after}", (value,), path or "app/settings.py")


KEY_LINES = (*(_base64(48) for _ in range(8)), "a" + _base64(9))
_BEGIN, _END = ("-----" + word + " RSA PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
PRIVATE_KEY = "\n".join((_BEGIN, *KEY_LINES, _END))
_C_KEY = "\n".join(f'  "{line}\\n"' for line in (_BEGIN, *KEY_LINES, _END))
_AWS_ID, _AWS_SECRET = "AKIA" + _some(16, _BASE32), _some(40)
_PASSWORD = "Tr0ub4dor" + "&3x!9"
_TOKEN = "ghp" + "_" + _some(36)

SAMPLES = (
    _sample("GitHub token", 'token = "', _TOKEN, '"'),
    _sample("GitHub token in prose", "Use ", _TOKEN, " to log in.", "README.md"),
    _sample("GitLab token", "x: '", "glpat" + "-" + _some(20), "'"),
    Sample(
        "AWS pair",
        f"aws_access_key_id = {_AWS_ID}\naws_secret_access_key = {_AWS_SECRET}\n",
        (_AWS_ID, _AWS_SECRET),
        "credentials",
    ),
    _sample("AWS secret with a slash", 'aws_secret_access_key = "', "/" + _some(39), '"'),
    _sample("AWS key alone", 'key = "', "AKIA" + _some(16, _BASE32), '"'),
    _sample("Slack token", "post('", "xoxb-" + _some(12, "0123456789") + "-"
            + _some(12, "0123456789") + "-" + _some(24), "')"),
    _sample("Stripe key", "stripe.api_key = '", "sk_" + "live_" + _some(24), "'"),
    _sample("Google key", "", "AIza" + _some(35), "", "web/map.html"),
    _sample("SendGrid key", "", "SG." + _some(22) + "." + _some(43)),
    _sample("npm token", "//registry.npmjs.org/:_authToken=", "npm" + "_" + _some(36), "",
            ".npmrc"),
    _sample("PyPI token", "password = ", "pypi-" + "AgEIcHlwaS5vcmc" + _some(80), "", ".pypirc"),
    _sample("JWT", "Authorization: Bearer ", _jwt(), "", "api.http"),
    _sample("opaque bearer token", '"Authorization": "Bearer ', _some(40, _HEX), '"', "a.json"),
    _sample("Azure storage", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=",
            _base64(64), ";EndpointSuffix=core.windows.net"),
    _sample("database address", "postgres://app:", _some(14), "@db.internal:5432/app"),
    _sample("connection string", "Server=db;User Id=app;Password=", _PASSWORD, ";Timeout=3"),
    _sample("password", 'password = "', _PASSWORD, '"'),
    _sample("typed password", 'password: str = "', "s3cr3t" + "-P4ss", '"'),
    _sample("password in JSON", '{"dbPassword": "', _PASSWORD, '"}', "conf.json"),
    _sample("password in YAML", "db:\n  password: ", _PASSWORD, "  # not for you\n", "conf.yml"),
    _sample("password in .env", "export DB_PASSWORD=", _PASSWORD, "\n", ".env"),
    _sample("password in XML", "<password>", _PASSWORD, "</password>", "conf.xml"),
    _sample("password in netrc", "machine shop.test login ada password ", _PASSWORD, "", ".netrc"),
    _sample("Django key", 'SECRET_KEY = "django-insecure-', "#" + _some(24) + "&(_=+)" + _some(9),
            '"'),
    _sample("key by its name", 'api_key: "', _some(32, _HEX), '"', "web/app.js"),
    _sample("default of a key", 'os.environ.get("API_KEY", "', _some(32, _HEX), '")'),
    _sample("password hash", '"password": "', "pbkdf2_sha256$30000$" + _some(12) + "$"
            + _base64(32), '"'),
    Sample("private key", f"{PRIVATE_KEY}\n", KEY_LINES, "id_rsa"),
    Sample("private key in C", f"const char *key =\n{_C_KEY};\n", KEY_LINES, "key.c"),
    Sample("private key on one line", json.dumps({"private_key": PRIVATE_KEY}), KEY_LINES,
           "k.json"),
    Sample("private key with CRLF", f"{PRIVATE_KEY}\n".replace("\n", "\r\n"), KEY_LINES, "id_rsa"),
    Sample("private key cut short", PRIVATE_KEY.partition("\n" + _END)[0] + "\n\nNotes.\n",
           KEY_LINES, "notes.txt"),
    _sample("token in base64", "data: ",
            base64.b64encode(f"token ghp_{_some(36)}".encode()).decode(), "", "k8s.yml"),
)  # fmt: skip

HARMLESS = {
    "UUID": 'id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"',
    "commit": f'commit = "{_some(40, _HEX)}"',
    "checksum": f"sha256:{_some(64, _HEX)}",
    "requirement": f"click==8.2 --hash=sha256:{_some(64, _HEX)}",
    "lock file": f'"integrity": "sha512-{_base64(64)}"',
    "public key": f"ssh-rsa {_base64(279)} ada@example.org",
    "certificate": f"-----BEGIN CERTIFICATE-----\n{_base64(48)}\n-----END CERTIFICATE-----",
    "key in the documentation": f"{_BEGIN}\n...\n{_END}",
    "key of AWS's documentation": "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "image": f'src = "data:image/png;base64,{_base64(300)}"',
    "placeholder": 'password = "changeme"\npassword = "your-password-here"\ntoken = "<token>"',
    "interpolation": 'user.update!(token: "#{2.days.ago.to_i}-#{Utils.random_str(30)}")',
    "template": 'password: "${DB_PASSWORD}"\ntoken = "{{ token }}"\nsecret = "%(secret)s"',
    "environment": 'SECRET_KEY = os.environ["SECRET_KEY"]\npassword = settings.DB_PASSWORD2',
    "names of fields": 'password = "password1"\ntoken = "access_token_v2"\nkey = "api_key2"',
    "names in code": 'token = "OAuth2Request"\nFields("password", "oauth2_token_v1beta2")',
    "messages": '"password": "required"\nerrors = {"token": "Invalid token"}',
    "address without a password": "https://ada@example.net/x postgres://user:password@localhost/db",
    "versions": '"js-tokens": "^4.0.0"\n"jsonwebtoken": "9.0.2"',
    "paths": 'password = "/etc/shop/db_password2"\ntoken = "~/token2x4y6z8"',
    "names of options": 'password = "--password-file"\ntoken_url = "https://example.net/token2x4"',
}
