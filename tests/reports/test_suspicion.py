"""Where values come from and what stands on the way. A row of a table is one test: the code, and
what is to be computed of the last place of the class in it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.packing import pack_texts, shipped_weaknesses

from scout_codebase.reports.expressions import (
    bindings,
    call_arguments,
    first_statement,
    pieces,
    split_arguments,
)
from scout_codebase.reports.places import judged_places
from scout_codebase.reports.statements import assigned, declared_parameters

EXPOSED, GUARDED, OWN, OPEN = "exposed", "guarded", "own", "open"


def facts(files: dict[str, str], category: str) -> dict[str, Any]:
    packed = pack_texts(files)
    rows = judged_places(packed.snapshot, packed.graph, shipped_weaknesses())["places"]
    of_class = sorted(
        (row for row in rows if row["category"] == category), key=lambda row: row["line"]
    )
    found: dict[str, Any] = of_class[-1]
    return found


PYTHON = {
    "straight from a request": (
        "sql",
        "def f(db):\n    n = request.args['n']\n    db.execute('SELECT a FROM t WHERE n = ' + n)",
        EXPOSED,
    ),
    "a table that is written out": (
        "sql",
        (
            "ORDER = {'a': 'a DESC'}\n\n\ndef f(db):\n    c = ORDER[request.args['n']]\n"
            "    db.execute(f'SELECT a FROM t ORDER BY {c}')"
        ),
        OWN,
    ),
    "a column of a request is no table": (
        "sql",
        "def f(db):\n    c = request.form['n']\n    db.execute(f'SELECT a FROM t ORDER BY {c}')",
        EXPOSED,
    ),
    "membership in a constant": (
        "sql",
        (
            "COLUMNS = ('a', 'b')\n\n\ndef f(db):\n    c = request.args['n']\n"
            "    if c not in COLUMNS:\n        abort(400)\n"
            "    db.execute(f'SELECT a FROM t ORDER BY {c}')"
        ),
        GUARDED,
    ),
    "a conversion to a number": (
        "sql",
        (
            "def f(db):\n    n = int(request.args['n'])\n"
            "    db.execute(f'SELECT a FROM t WHERE n = {n}')"
        ),
        GUARDED,
    ),
    "one value quoted and one not": (
        "command",
        (
            "def f():\n    a = request.args['a']\n    b = request.args['b']\n"
            "    os.system(f'x {shlex.quote(a)} {b}')"
        ),
        EXPOSED,
    ),
    "every value quoted": (
        "command",
        "def f():\n    a = request.args['a']\n    os.system(f'x {shlex.quote(a)}')",
        GUARDED,
    ),
    "a parameter that nothing sets": ("command", "def f(a):\n    os.system('x ' + a)", OPEN),
    "a route's own parameter": (
        "path",
        "@app.get('/x/<path:name>')\ndef f(name):\n    return (ROOT / name).read_text()",
        EXPOSED,
    ),
    "a route's number": (
        "path",
        "@app.get('/x/<int:name>')\ndef f(name):\n    return (ROOT / f'{name}.txt').read_text()",
        GUARDED,
    ),
    "a check of the path": (
        "path",
        (
            "@app.get('/x/<path:name>')\ndef f(name):\n    p = (ROOT / name).resolve()\n"
            "    if not p.is_relative_to(ROOT):\n        abort(404)\n    return p.read_text()"
        ),
        GUARDED,
    ),
    "a check of something else": (
        "path",
        (
            "@app.get('/x/<path:name>')\ndef f(name):\n    p = (ROOT / name).resolve()\n"
            "    if not p.is_file():\n        abort(404)\n    return p.read_text()"
        ),
        EXPOSED,
    ),
    "what the program wrote": (
        "deserialisation",
        "def f():\n    with open(CACHE, 'rb') as file:\n        return pickle.load(file)",
        OWN,
    ),
    "a host that is fixed": (
        "request",
        "def f():\n    n = request.args['n']\n    return requests.get(f'https://a.example/{n}')",
        GUARDED,
    ),
    "a body that is sent to a host of the program's own": (
        "request",
        (
            "class A:\n    host = 'https://a.example/b/'\n\n    def f(self):\n"
            "        n = request.args['n']\n"
            "        return requests.post(urljoin(self.host, 'a'), n)"
        ),
        OWN,
    ),
    "a host that is not": (
        "request",
        "def f():\n    n = request.args['n']\n    return requests.get(f'https://{n}/index')",
        EXPOSED,
    ),
    "escaped in a comprehension": (
        "html",
        (
            "def f():\n    rows = request.args['a']\n"
            "    items = ''.join(f'<li>{escape(row)}</li>' for row in rows)\n"
            "    return f'<ul>{items}</ul>'"
        ),
        GUARDED,
    ),
    "a certificate of this machine": (
        "tls",
        "def f():\n    return requests.get('https://127.0.0.1/', verify=False)",
        GUARDED,
    ),
    "a certificate of another": (
        "tls",
        "def f():\n    return requests.get('https://a.example/', verify=False)",
        EXPOSED,
    ),
    "a comparison in constant time": (
        "authentication",
        "def f(a, b):\n    return check_password_hash(a, b)",
        GUARDED,
    ),
    "a digest of a password": ("crypto", "def f(password):\n    return md5(password)", EXPOSED),
    "a digest for a cache": ("crypto", "def cache_key(page):\n    return md5(page)", GUARDED),
    "a digest of a password for a cache": (
        "crypto",
        "def cache_key(password):\n    return md5(password)",
        EXPOSED,
    ),
    "a code that opens something": (
        "crypto",
        "def door_code():\n    return random.randint(0, 9999)",
        EXPOSED,
    ),
    "a code that says something": (
        "crypto",
        "def status_code():\n    return random.choice([200, 404])",
        OPEN,
    ),
    "a digest of something": ("crypto", "def f(page):\n    return md5(page)", OPEN),
}


@pytest.mark.parametrize(("category", "code", "standing"), PYTHON.values(), ids=PYTHON.keys())
def test_python(category: str, code: str, standing: str) -> None:
    assert facts({"a.py": code}, category)["standing"] == standing


OTHERS = {
    "Go, from a form": (
        "a.go",
        "path",
        'package a\n\nfunc f(r *http.Request) {\n\tname := r.FormValue("n")\n\tos.Open(name)\n}\n',
        EXPOSED,
    ),
    "Go, a table": (
        "a.go",
        "redirect",
        (
            "package a\n\nvar pages = map[string]string{}\n\n"
            "func f(w http.ResponseWriter, r *http.Request) {\n"
            '\tpage, ok := pages[r.FormValue("n")]\n\tif !ok {\n\t\tpage = "/"\n\t}\n'
            "\thttp.Redirect(w, r, page, 302)\n}\n"
        ),
        OWN,
    ),
    "Go, a number": (
        "a.go",
        "command",
        (
            'package a\n\nimport "fmt"\n\nfunc f(r *http.Request) {\n'
            '\tn, _ := strconv.Atoi(r.FormValue("n"))\n'
            '\texec.Command("sh", "-c", fmt.Sprintf("x %d", n)).Run()\n}\n'
        ),
        GUARDED,
    ),
    "PHP, through a call": (
        "a.php",
        "sql",
        (
            "<?php\nfunction f($db, $n) {\n"
            "    return $db->query(\"SELECT a FROM t WHERE n = '$n'\");\n}\n"
            "f($db, $_GET['n']);\n"
        ),
        EXPOSED,
    ),
    "PHP, escaped": (
        "a.php",
        "html",
        (
            "<?php\nfunction f() {\n    $n = htmlspecialchars($_GET['n']);\n"
            '    echo "<b>$n</b>";\n}\n'
        ),
        GUARDED,
    ),
    "PHP, a typed parameter": (
        "a.php",
        "command",
        "<?php\nfunction f(int $n) {\n    system(\"x $n\");\n}\nf($_GET['n']);\n",
        GUARDED,
    ),
    "JavaScript, a handler": (
        "a.js",
        "redirect",
        'app.get("/a", (req, res) => {\n  const n = req.query.n;\n  res.redirect(n);\n});\n',
        EXPOSED,
    ),
    "JavaScript, an escape of one's own": (
        "a.js",
        "html",
        (
            'function plain(value) {\n  return value.replace(/</g, "");\n}\n'
            "function f(req) {\n  const n = req.query.n;\n  return `<b>${plain(n)}</b>`;\n}\n"
        ),
        GUARDED,
    ),
}


@pytest.mark.parametrize(
    ("path", "category", "code", "standing"), OTHERS.values(), ids=OTHERS.keys()
)
def test_other_languages(path: str, category: str, code: str, standing: str) -> None:
    assert facts({path: code}, category)["standing"] == standing


WEB = (
    "from shop.store import find\n\n\ndef page():\n"
    "    words = request.args['words']\n    return find(1, words)\n"
)
STORE = "def find(limit, name):\n    return db.execute('SELECT a FROM t WHERE n = ' + name)\n"


def test_the_way_goes_through_files_and_takes_the_right_argument() -> None:
    row = facts({"shop/__init__.py": "", "shop/web.py": WEB, "shop/store.py": STORE}, "sql")
    (origin,) = [origin for origin in row["origins"] if origin["kind"] == "outside"]
    assert [(step["path"], step["line"]) for step in origin["steps"]] == [
        ("shop/web.py", 5),
        ("shop/web.py", 6),
        ("shop/store.py", 2),
    ]
    safe = WEB.replace("find(1, words)", "find(words, 1)")
    row = facts({"shop/__init__.py": "", "shop/web.py": safe, "shop/store.py": STORE}, "sql")
    assert row["standing"] == OWN


def test_what_is_shown_is_what_decided() -> None:
    """A guarded input is shown beside any number of constants, and a fixed host as such."""
    code = "def f(a):\n    os.system(f'{a} {shlex.quote(input())}')\n\n\n"
    calls = "".join(f"f('constant {number}')\n" for number in range(6))
    row = facts({"a.py": code + calls}, "command")
    assert row["standing"] == GUARDED
    assert [(one["kind"], one["guard"]) for one in row["origins"]] == [("outside", "shlex.quote()")]
    code = "def f():\n    return requests.get('https://a.example/' + request.args['n'])"
    row = facts({"a.py": code}, "request")
    assert (row["origins"], row["guard"]) == ([], "the address begins with a fixed host or path")


def test_a_danger_that_outweighs_a_guard_is_shown_without_it() -> None:
    row = facts({"a.py": "def cache_key(password):\n    return md5(password)"}, "crypto")
    assert (row["guard"], row["danger"]) == ("", "password")


def test_of_a_long_way_the_source_is_shown() -> None:
    lines = [f"    a{number} = a{number - 1} + 'x'" for number in range(1, 9)]
    code = "\n".join(["def f():", "    a0 = request.args['n']", *lines, "    os.system(a8)"])
    (origin,) = facts({"a.py": code}, "command")["origins"]
    assert [step["line"] for step in origin["steps"]] == [2, 7, 8, 9, 10, 11]


RUN = "import os\n\n\ndef run(line):\n    os.system(line + ' -v')\n"
CALL = "from run import run\n\nrun('ls')\n"


@pytest.mark.parametrize(
    ("files", "standing"),
    [
        ({"main.py": CALL}, OWN),
        ({"tests/test_run.py": CALL}, OPEN),
        ({"examples/small.py": CALL}, OPEN),
        ({"_example/small.py": CALL, "main.py": CALL}, OWN),
        ({"run.py": f"{RUN}    run(line[1:])\n"}, OPEN),
    ],
    ids=["the program", "a test", "an example", "an example and the program", "itself"],
)
def test_who_calls_a_definition(files: dict[str, str], standing: str) -> None:
    """The callers of a library are elsewhere: its tests and examples hand on constants."""
    assert facts({"run.py": RUN, **files}, "command")["standing"] == standing


def test_code_of_an_example_is_called_by_it() -> None:
    files = {"examples/run.py": RUN, "examples/small.py": CALL}
    assert facts(files, "command")["standing"] == OWN


def test_definitions_that_call_each_other_end() -> None:
    code = "def f(a):\n    os.system(a)\n    g(a)\n\n\ndef g(b):\n    b = b + b\n    f(b)\n"
    assert facts({"a.py": code}, "command")["standing"] == OPEN


@pytest.mark.parametrize(
    ("line", "names", "value"),
    [
        ("a = b + c", {"a"}, "b + c"),
        ("  const { a, b: c } = f(d);", {"a", "b", "c"}, "f(d);"),
        ("a, ok := t[k]", {"a", "ok"}, "t[k]"),
        ("$a = $_GET['b'];", {"$a"}, "$_GET['b'];"),
        ("for a, b in rows:", {"a", "b"}, "rows"),
        ("for (const a of rows) {", {"a"}, "rows"),
        ("foreach ($rows as $row) {", {"$row"}, "$rows"),
        ("with open(p) as file:", {"file"}, "open(p)"),
        ("if a == b:", None, None),
        ("return a", None, None),
        ("f(a)", None, None),
    ],
)
def test_what_a_line_sets(line: str, names: set[str] | None, value: str | None) -> None:
    found = assigned(line)
    assert (found and set(found.names)) == names
    assert (found.value if found else None) == value


def test_names_know_what_they_are_given_to() -> None:
    found = {piece.name: piece.around for piece in pieces("f(f'{quote(a)} {b}', TABLE[c], d=e)")}
    assert found["a"] == ("quote(", "f(")
    assert found["b"] == ("f(",)
    assert found["c"] == ("TABLE[", "f(")
    assert "d" not in found
    assert found["e"] == ("f(",)


def test_arguments_and_parameters() -> None:
    assert call_arguments("x = find(a, f(b, c), 'd, e')", "find") == ("a", "f(b, c)", "'d, e'")
    assert call_arguments("x = finder(a)", "find") is None
    rows = {
        "def f(self, name: str = 'a', b=(1, 2))": [("name",), ("b",)],
        "function f(int $n, private string $folder)": [("$n",), ("$folder",)],
        "func (s *Site) f(town string, n int)": [("town", "string"), ("n", "int")],
        "public static void f(String town)": [("String", "town")],
        "exports.f = function (a, b)": [("a",), ("b",)],
        "f<T extends A>({ a, b: c }, ...d: T[])": [("a", "b", "c"), ("d",)],
        "f = a": [("a",)],
        "f = async a": [("a",)],
    }
    for signature, names in rows.items():
        assert [row.names for row in declared_parameters(signature, "f")] == names


def test_a_hostile_function_is_read_in_bounded_time(seconds_for_plain_source: float) -> None:
    lines = [f"    a{number} = a{number - 1} + a{number - 2} + b" for number in range(2, 2_000)]
    code = "\n".join(["def f(a0, a1, b):", *lines, "    os.system(a1999)"])
    started = time.thread_time()
    row = facts({"a.py": code}, "command")
    assert time.thread_time() - started < 8 * seconds_for_plain_source
    assert row["standing"] == OPEN
    nested = f"os.system({'g(' * 300}a{')' * 300})"
    row = facts({"a.py": f"def f(a):\n    {nested}\n"}, "command")
    assert row["standing"] == OPEN


def test_a_long_line_is_read_in_bounded_time(seconds_for_plain_source: float) -> None:
    started = time.thread_time()
    long = "x = " + "\\" * 5_000 + '"' + " " * 50_000 + "("
    assert len(pieces(long)) < 1_000
    assert assigned(" " * 100_000 + "x") is None
    assert time.thread_time() - started < seconds_for_plain_source / 2


@given(st.text(alphabet="ab_$.({[]})'\"`,=:<>- \n\\", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for piece in pieces(text):
        assert not piece.name or text[piece.start :].startswith(piece.name)
    split_arguments(text)
    assigned(text)
    bindings(text)
    first_statement(text)
    declared_parameters(text, "a")
