"""What is known to be harmless is known, and not merely unseen: each row is code in which a reading
of single lines and names finds nothing from outside."""

from __future__ import annotations

import pytest
from support.packing import pack_texts, shipped_weaknesses

from scout_codebase.reports.places import judged_places

EXPOSED, GUARDED, OWN, OPEN = "exposed", "guarded", "own", "open"

OVER_LINES = {
    "an input in a later line of the call": (
        "a.py",
        "sql",
        "def f(db):\n    db.execute(\n        'SELECT a FROM t WHERE ' + request.args['n']\n    )",
        EXPOSED,
    ),
    "an assignment in brackets": (
        "a.py",
        "command",
        "def f():\n    line = (\n        'ping ' + request.args['h']\n    )\n    os.system(line)",
        EXPOSED,
    ),
    "a call over lines": (
        "a.js",
        "html",
        (
            "app.get('/a', (req, res) => {\n  const n = String(\n    req.query.n\n  );\n"
            "  res.send(`<b>${n}</b>`);\n});\n"
        ),
        EXPOSED,
    ),
    "a template string over lines": (
        "a.js",
        "command",
        (
            "app.get('/a', (req, res) => {\n  const n = String(`\n    ping ${req.query.n}\n  `);\n"
            "  exec(n);\n});\n"
        ),
        EXPOSED,
    ),
    "a value in the line after the sign": (
        "a.js",
        "html",
        (
            "app.get('/a', (req, res) => {\n  const n =\n    req.query.n;\n"
            "  res.send(`<b>${n}</b>`);\n});\n"
        ),
        EXPOSED,
    ),
    "targets over lines": (
        "a.js",
        "redirect",
        (
            "app.get('/a', (req, res) => {\n  const {\n    n,\n  } = req.query;\n"
            "  res.redirect(n);\n});\n"
        ),
        EXPOSED,
    ),
    "an argument of a call is no assignment": (
        "a.py",
        "command",
        "def f(line):\n    g(\n        line='x',\n    )\n    os.system(line)",
        OPEN,
    ),
    "a value that is too long to be read": (
        "a.py",
        "command",
        "def f():\n    line = [\n" + "        'x',\n" * 60 + "    ]\n    os.system(' '.join(line))",
        OPEN,
    ),
    "a long value that is read": (
        "a.py",
        "command",
        "def f():\n    line = [\n" + "        'x',\n" * 9 + "    ]\n    os.system(' '.join(line))",
        OWN,
    ),
}

PARAMETERS = {
    "an arrow function": ("a.ts", "command", "const run = (cmd) => {\n  exec(cmd);\n};\n", OPEN),
    "an arrow function of one word": ("a.js", "command", "const run = cmd => exec(cmd);\n", OPEN),
    "a function in exports": (
        "a.js",
        "command",
        "exports.run = function (cmd) {\n  exec(cmd);\n};\nexports.run(req.query.n);\n",
        EXPOSED,
    ),
    "a generic function": (
        "a.ts",
        "command",
        "function run<T>(cmd: T) {\n  exec(cmd);\n}\nrun<string>('x');\n",
        OPEN,
    ),
    "one taken apart": (
        "a.js",
        "command",
        "function run({ shell, cmd }) {\n  exec(cmd);\n}\nrun(req.body);\n",
        EXPOSED,
    ),
    "more than are read": (
        "a.py",
        "command",
        f"def run({', '.join(f'parameter_number_{n}' for n in range(60))}, a):\n    os.system(a)",
        OPEN,
    ),
    "a default that a call leaves": (
        "a.py",
        "command",
        "def run(cmd='x'):\n    os.system(cmd)\n\n\nrun()",
        OWN,
    ),
    "a value that is only sometimes replaced": (
        "a.py",
        "command",
        "def run(a):\n    if not a:\n        a = DEFAULT\n    os.system(a)\n\n\nrun(input())",
        EXPOSED,
    ),
    "a value that is always replaced": (
        "a.py",
        "command",
        "def run(cmd):\n    cmd = DEFAULT\n    os.system(cmd)\n\n\nrun(input())",
        OWN,
    ),
    "two calls in one line": (
        "a.py",
        "command",
        "def run(cmd):\n    os.system(cmd)\n\n\nrun('x') or run(input())",
        EXPOSED,
    ),
}

UNKNOWN = {
    "a call of something unknown": (
        "a.py",
        "command",
        "from b import read_command\n\n\ndef f():\n    cmd = read_command()\n    os.system(cmd)",
        OPEN,
    ),
    "a call of something unknown in Go": (
        "a.go",
        "command",
        (
            'package a\n\nimport "b"\n\nfunc f() {\n\tline := b.ReadCommand()\n'
            '\texec.Command("sh", "-c", line).Run()\n}\n'
        ),
        OPEN,
    ),
    "a call that gives back a constant": (
        "a.py",
        "command",
        "def name():\n    return 'x'\n\n\ndef f():\n    cmd = name()\n    os.system(cmd)",
        OWN,
    ),
    "a call that gives back an input": (
        "a.py",
        "command",
        "def name():\n    return input()\n\n\ndef f():\n    cmd = name()\n    os.system(cmd)",
        EXPOSED,
    ),
    "a call that gives back what it is given": (
        "a.py",
        "command",
        (
            "def name(a, b):\n    return b.strip()\n\n\ndef f():\n"
            "    os.system(name(input(), 'x'))\n\n\ndef g():\n    name('x', input())"
        ),
        OWN,
    ),
    "a variable of the function around": (
        "a.py",
        "command",
        (
            "def f():\n    cmd = request.args['n']\n\n    def g():\n        os.system(cmd)\n\n"
            "    return g"
        ),
        EXPOSED,
    ),
    "a global that is set from outside": (
        "a.py",
        "command",
        (
            "cmd = 'x'\n\n\ndef g():\n    global cmd\n    cmd = request.args['n']\n\n\n"
            "def f():\n    os.system(cmd)"
        ),
        EXPOSED,
    ),
    "a global that is a constant": (
        "a.py",
        "command",
        "cmd = 'x'\n\n\ndef f():\n    os.system(cmd + ' y')",
        OWN,
    ),
    "a field that the constructor is given": (
        "a.py",
        "command",
        (
            "class A:\n    def __init__(self, cmd):\n        self.cmd = cmd\n\n"
            "    def f(self):\n        os.system(self.cmd)\n\n\nA(input())"
        ),
        EXPOSED,
    ),
    "a field that nothing sets": (
        "a.py",
        "command",
        "class A:\n    def f(self):\n        os.system(self.cmd)",
        OPEN,
    ),
    "the second way of a choice": (
        "a.js",
        "code",
        (
            "app.get('/a', (req, res) => {\n  const text = req.query.n;\n"
            "  eval(ok ? text : '');\n});\n"
        ),
        EXPOSED,
    ),
    "what only chooses": (
        "a.js",
        "code",
        (
            "const text = '1';\napp.get('/a', (req, res) => {\n"
            "  eval(req.query.n ? text : '2');\n});\n"
        ),
        OWN,
    ),
    "what comes of the items of an input": (
        "a.js",
        "html",
        (
            "app.post('/a', (req, res) => {\n  const items = req.body.items;\n"
            "  const rows = items.map((i) => `<li>${escape(i)}</li>`).join('');\n"
            "  res.send(`<ul>${rows}</ul>`);\n});\n"
        ),
        GUARDED,
    ),
    "the items of an input": (
        "a.js",
        "html",
        (
            "app.post('/a', (req, res) => {\n  const items = req.body.items;\n"
            "  const rows = items.filter((a) => a.b).map((i) => `<li>${i}</li>`).join('');\n"
            "  res.send(`<ul>${rows}</ul>`);\n});\n"
        ),
        EXPOSED,
    ),
    "a table that is changed": (
        "a.py",
        "command",
        (
            "names = {'a': 'b'}\n\n\ndef g():\n    names[input()] = input()\n\n\n"
            "def f():\n    os.system(names[input()])"
        ),
        EXPOSED,
    ),
    "text that looks like a format": (
        "a.py",
        "command",
        "name = 'a'\n\n\ndef f():\n    os.system(\"awk '{print}' \" + name)",
        OWN,
    ),
    "what a request to an address of our own brings": (
        "a.py",
        "deserialisation",
        "URL = 'https://a.test/x'\n\n\ndef f():\n    return pickle.loads(request(URL))",
        OPEN,
    ),
    "what a download brings": (
        "a.py",
        "deserialisation",
        (
            "def download(url):\n    return requests.get(url).content\n\n\n"
            "def f():\n    return pickle.loads(download(request.args['url']))"
        ),
        EXPOSED,
    ),
    "what is stored": (
        "a.py",
        "html",
        "def f(db):\n    a = db.execute('SELECT a FROM t').fetchone()\n    return f'<b>{a}</b>'",
        OPEN,
    ),
}

LIMITS = {
    "many assignments": (
        "a.py",
        "command",
        (
            "def f(a):\n    if a:\n        cmd = input()\n"
            + "    if a:\n        cmd = 'x'\n" * 30
            + "    os.system(cmd)"
        ),
        OPEN,
    ),
    "many calls": (
        "a.py",
        "command",
        "def f(a):\n    os.system(a)\n\n\n" + "f('x')\n" * 30 + "f(input())",
        OPEN,
    ),
    "one value twice, once quoted": (
        "a.py",
        "command",
        "def f(a):\n    os.system(f'x {shlex.quote(a)} {a}')\n\n\nf(input())",
        EXPOSED,
    ),
}

STARTS = {
    "a scheme before a host from outside": (
        "a.py",
        "request",
        "def f():\n    scheme = 'https://'\n    requests.get(scheme + request.args['host'])",
        EXPOSED,
    ),
    "a scheme, a host from outside and a path": (
        "a.py",
        "request",
        (
            "def f():\n    scheme = 'https'\n"
            "    requests.get(f\"{scheme}://{request.args['host']}/x\")"
        ),
        EXPOSED,
    ),
    "a scheme with its colon": (
        "a.py",
        "request",
        "def f():\n    a = 'https:'\n    requests.get(a + '//' + request.args['host'] + '/x')",
        EXPOSED,
    ),
    "the end of a host from outside": (
        "a.py",
        "request",
        "def f():\n    requests.get('https://a.example' + request.args['host'])",
        EXPOSED,
    ),
    "a host and what is behind its slash": (
        "a.py",
        "request",
        (
            "BASE = 'https://a.example/b/'\n\n\ndef f():\n"
            "    requests.get(BASE + request.args['host'])"
        ),
        GUARDED,
    ),
    "a host from a parameter": (
        "a.py",
        "request",
        "def f(host):\n    requests.get(host + '/x/' + request.args['n'])",
        OPEN,
    ),
    "a placeholder is no host": (
        "a.go",
        "request",
        (
            'package a\n\nimport "fmt"\n\nfunc f(r *http.Request) {\n'
            '\thttp.Get(fmt.Sprintf("https://%s/x", r.FormValue("h")))\n}\n'
        ),
        EXPOSED,
    ),
    "a placeholder behind a host": (
        "a.go",
        "request",
        (
            'package a\n\nimport "fmt"\n\nfunc f(r *http.Request) {\n'
            '\thttp.Get(fmt.Sprintf("https://a.example/%s", r.FormValue("h")))\n}\n'
        ),
        GUARDED,
    ),
}

COMMENTS = {
    "a check in a comment": (
        "a.py",
        "path",
        (
            "def f():\n    name = request.args['n']\n"
            "    # later: check if name.startswith('/')\n    return open(name)"
        ),
        EXPOSED,
    ),
    "a guard in a comment": (
        "a.py",
        "tls",
        "def f():\n    # works on localhost\n    requests.get('https://a.example', verify=False)",
        EXPOSED,
    ),
    "a guard in a docstring": (
        "a.py",
        "tls",
        (
            'def f():\n    """Also works on localhost."""\n'
            "    requests.get('https://a.example', verify=False)"
        ),
        EXPOSED,
    ),
    "an escape in a comment of a function": (
        "a.js",
        "html",
        (
            "function plain(value) {\n  // escape it?\n  return value;\n}\n"
            "function f(req) {\n  return `<b>${plain(req.query.n)}</b>`;\n}\n"
        ),
        EXPOSED,
    ),
    "a call in a comment": (
        "a.py",
        "command",
        "def run(line):\n    os.system(line)\n\n\n# run('ls')\n",
        OPEN,
    ),
}

NUMBERS = {
    "a table with numbers as keys": (
        "a.php",
        "command",
        "<?php\nfunction f(int|string $n) {\n    system(\"x $n\");\n}\nf($_GET['n']);\n",
        EXPOSED,
    ),
    "a default": (
        "a.php",
        "command",
        "<?php\nfunction f($n = 'long') {\n    system(\"x $n\");\n}\nf($_GET['n']);\n",
        EXPOSED,
    ),
    "an annotation of Python": (
        "a.py",
        "command",
        "def f(n: int):\n    os.system(f'x {n}')\n\n\nf(request.args['n'])",
        EXPOSED,
    ),
    "an annotation of TypeScript": (
        "a.ts",
        "command",
        "function f(n: number) {\n  exec(`x ${n}`);\n}\nf(req.query.n);\n",
        EXPOSED,
    ),
    "a type of Go": (
        "a.go",
        "command",
        (
            'package a\n\nimport "fmt"\n\nfunc f(n int64) {\n'
            '\texec.Command("sh", "-c", fmt.Sprintf("x %d", n)).Run()\n}\n\n'
            'func g(r *http.Request) {\n\tf(r.FormValue("n"))\n}\n'
        ),
        GUARDED,
    ),
}

ROWS = {
    f"{table}: {name}": row
    for table, rows in {
        "over lines": OVER_LINES,
        "parameters": PARAMETERS,
        "unknown": UNKNOWN,
        "limits": LIMITS,
        "starts": STARTS,
        "comments": COMMENTS,
        "numbers": NUMBERS,
    }.items()
    for name, row in rows.items()
}


@pytest.mark.parametrize(("path", "category", "code", "standing"), ROWS.values(), ids=ROWS.keys())
def test_the_standing(path: str, category: str, code: str, standing: str) -> None:
    packed = pack_texts({path: code})
    rows = judged_places(packed.snapshot, packed.graph, shipped_weaknesses())["places"]
    of_class = [row for row in rows if row["category"] == category]
    assert max(of_class, key=lambda row: row["line"])["standing"] == standing
