"""What is known of names and calls of languages and libraries, as regular expressions."""

from __future__ import annotations

import re

_NUMBER = r"(?:u?int(?:8|16|32|64)?|integer|long|short|float(?:32|64)?|double|decimal|bool(?:ean)?)"
NUMERIC_TYPE = re.compile(rf"(?i)\??&?(?:{_NUMBER}|[iu](?:8|16|32|64|128|size)|f(?:32|64)|uuid)\??")
"""The whole type of a parameter."""

CONVERSION = re.compile(
    rf"(?i)(?:^|[.:>\\])(?:{_NUMBER}|number|uuid|parse_?int|parse_?float|parseuint|atoi|intval"
    r"|floatval)\($"
)
"""A call that gives a number or nothing."""

MEMBERSHIP = re.compile(
    r"\bnot in\b|\bin\s+[A-Z_\w.]*[A-Z]{2}|\bin\s+[(\[{]|\.has\(|\.includes\(|hasOwn|in_array\("
    r"|array_key_exists|slices\.Contains|fullmatch\(|\.test\(|MatchString\(|preg_match\(|isdigit\("
    r"|isalnum\(|isidentifier\(|ctype_"
)

ROUTE = re.compile(
    r"(?i)^\s*@.*(?:route|get|post|put|delete|patch|websocket|api|view|mapping)\w*\("
)

CONFIGURATION = re.compile(
    r"(?:os\.)?(?:environ|getenvb?)\b|process\.env\b|import\.meta\b|Deno\.env\b|Bun\.env\b|ENV\b"
    r"|\$_ENV\b|(?:os\.)?(?:Getenv|LookupEnv)\b|System\.getenv\b|(?:std::)?env::var\b"
    r"|Environment\.GetEnvironmentVariable\b|(?:current_app|app)\.config\b|viper\.Get"
)
"""What the operator sets."""

OWN_OBJECT = re.compile(r"self|this|\$this|cls|static|super")

LIBRARY_CONSTANT = re.compile(
    r"(?:line|path)?sep|delimiter|curdir|devnull|__\w+__|__dirname|__filename"
)

STORED = re.compile(
    r"(?i)(?:execute\w*|query\w*|fetch_?(?:one|all|row|val|many|col|column)\w*|prepare\w*|select"
    r"|raw|get_?results|hget\w*|hmget|mget)$"
)
"""A method that answers with what is stored, whatever it is given."""

DERIVED = re.compile(
    r"(?i)(?:compile|make|join\w*|w?format|s?n?printf|sprintln|sprint|fprintf|errorf|str|string|strval|text|repr"
    r"|bytes|bytearray|buffer|from|of|path|purepath|posixpath|paths|file|url|uri|urljoin|parse_?url"
    r"|urlparse|urlsplit|urlunparse|urlunsplit|parse|\w*encode\w*|\w*decode\w*|stringify|dumps"
    r"|loads?|safe_?load|serialize|unserialize|marshal\w*|unmarshal\w*|\w*strip|\w*trim\w*|lower"
    r"|upper|to_?\w*case|strtolower|strtoupper|ucfirst|title|capitalize|replace\w*|str_i?replace"
    r"|preg_replace|re_?sub|sub|gsub|\w*split\w*|explode|implode|concat|append|push|slice|substr"
    r"|substring|resolve|abspath|realpath|normpath|dirname|basename|normalize|clean|abs|base|dir"
    r"|ext|extname|expanduser|absolute|relative|relpath|with_\w+|joinpath|list|tuple|dict|set"
    r"|sorted|reversed|array\w*|object|map|filter|zip|enumerate|iter|next|max|min|len|count|sum"
    r"|number|round|floor|ceil|fopen|open(?:sync|file)?|file_get_contents|read_?(?:file|text|bytes|all|dir)"
    r"(?:sync)?|readfilesync|newreader|newscanner|bytesio|stringio|quote\w*|\w*escape\w*|\w*digest"
    r"|create_?hash|create_?hmac|update|md5|sha\d*|hash\w*|hmac|new|copy|deepcopy|freeze|cast|clone"
    r"|has_?own\w*|includes|contains|mark_?safe|markup|template)$"
)
"""A function that gives what it makes of its arguments alone."""

MADE_HERE = re.compile(
    r"(?i)(?:now|utcnow|today|time\w*|date|microtime|strftime|uuid\d?|newv\d|newuuid|random\w*"
    r"|rand\w*|getpid|token_(?:hex|urlsafe|bytes)|gettempdir|tmpdir|tempdir|mk[ds]temp|getcwd|cwd"
    r"|home|gethostname|hostname|url_for|reverse|date_?string|toisostring)$"
)
"""A function whose result nobody outside chooses."""
