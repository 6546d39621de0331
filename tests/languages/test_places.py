"""What is a place for the security review, and what is not. A line of a table is one test: the
category that the code must have (or must not have), and the code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scout_codebase.languages.analyse import analyse
from scout_codebase.languages.places import load_patterns, looks_secret
from scout_codebase.languages.syntax import query_source
from scout_codebase.languages.table import BY_NAME, LANGUAGES
from scout_codebase.records import LONGEST_VALUE, Place


def places(path: str, code: str) -> list[Place]:
    analysis = analyse(path, code)
    assert analysis is not None
    assert analysis.syntax_errors == 0, code
    return list(analysis.places)


def categories(path: str, code: str) -> set[str]:
    return {place.category for place in places(path, code)}


PYTHON_MUST = [
    ("command", "os.system(cmd)"),
    ("command", 'os.system("ls " + name)'),
    ("command", "os.popen(f'ls {x}')"),
    ("command", "subprocess.run(cmd, shell=True)"),
    ("command", "Popen(args)"),
    ("command", "ssh.exec_command('cat ' + path)"),
    ("code", "eval(expression)"),
    ("code", "exec(compile(source, name, 'exec'))"),
    ("code", "importlib.import_module(name)"),
    ("sql", "cursor.execute(f'SELECT * FROM users WHERE id = {user}')"),
    ("sql", "cursor.execute('SELECT * FROM users WHERE id = %s' % user)"),
    ("sql", "cursor.execute('SELECT * FROM users WHERE id = ' + user)"),
    ("sql", "cursor.execute('SELECT * FROM {}'.format(table))"),
    ("sql", "db.execute(query)"),
    ("sql", "User.objects.raw('SELECT %s' % x)"),
    ("sql", "query = f\"DELETE FROM users WHERE name = '{name}'\""),
    ("sql", "session.execute(text(f'select * from t where a = {a}'))"),
    ("deserialisation", "pickle.loads(data)"),
    ("deserialisation", "yaml.load(stream)"),
    ("deserialisation", "yaml.load(stream, Loader=yaml.Loader)"),
    ("deserialisation", "marshal.load(f)"),
    ("deserialisation", "jsonpickle.decode(body)"),
    ("path", "open(path)"),
    ("path", "open(os.path.join(BASE, name))"),
    ("path", "send_file(request.args['f'])"),
    ("path", "shutil.rmtree(target)"),
    ("path", "Path(root) / name"),
    ("path", "os.unlink(name)"),
    ("path", "archive.extractall()"),
    ("path", "zipfile.ZipFile(upload)"),
    ("path", "(base / name).read_text()"),
    ("request", "requests.get(url)"),
    ("request", "httpx.post(f'https://{host}/x')"),
    ("request", "urllib.request.urlopen(url)"),
    ("html", "mark_safe(text)"),
    ("html", "Markup('<b>' + name)"),
    ("html", "render_template_string(template)"),
    ("html", "def f(x):\n    return f'<h1>{x}</h1>'"),
    ("html", "def f(x):\n    return '<p>' + x"),
    ("html", "Environment(autoescape=False)"),
    ("redirect", "redirect(request.args.get('next'))"),
    ("xml", "etree.parse(upload)"),
    ("xml", "xml.dom.minidom.parseString(body)"),
    ("crypto", "hashlib.md5(password)"),
    ("crypto", "hashlib.new('sha1')"),
    ("crypto", "token = random.choice(letters)"),
    ("crypto", "AES.new(key, AES.MODE_ECB)"),
    ("secret", "PASSWORD = 'hunter2!'"),
    ("secret", "app.secret_key = 'dev-9f8a7'"),
    ("secret", "app.config['SECRET_KEY'] = 'dev-9f8a7'"),
    ("secret", "connect(password='s3cr3t99')"),
    ("secret", "{'api_key': 'a8f5f167f44f4964'}"),
    ("secret", "x = 'AKIAIOSFODNN7EXAMPLF'"),
    ("tls", "requests.get(url, verify=False)"),
    ("tls", "context.verify_mode = ssl.CERT_NONE"),
    ("tls", "ssl._create_unverified_context()"),
    ("authentication", "if password == user.password: pass"),
    ("authentication", "if token != expected: pass"),
    ("authentication", "if given == user['api_key']: pass"),
    ("authentication", "if given != warehouse.sign(body): pass"),
    ("authentication", "if given != sign_payload(body): pass"),
    ("authentication", "if bytes(digest_of(body)) == given: pass"),
    ("authentication", "jwt.decode(token, options={'verify_signature': False})"),
    ("authentication", "@app.route('/login')\ndef login(): pass"),
    ("authentication", "@csrf_exempt\ndef hook(request): pass"),
    ("configuration", "app.run(debug=True)"),
    ("configuration", "app.run(host='0.0.0.0')"),
    ("configuration", "DEBUG = True"),
    ("configuration", "SESSION_COOKIE_SECURE = False"),
    ("configuration", "response.set_cookie('a', b)"),
    ("configuration", "CORSMiddleware(allow_origins=['*'])"),
    ("configuration", "ALLOWED_HOSTS = ['*']"),
    ("temporary", "tempfile.mktemp()"),
    ("temporary", "path = '/tmp/state'"),
    ("input", "name = request.args.get('name')"),
    ("input", "data = request.get_json()"),
    ("input", "x = input()"),
    ("input", "sys.argv[1]"),
    ("input", "request.POST['a']"),
]

PYTHON_MUST_NOT = [
    ("command", "os.system('clear')"),
    ("command", "subprocess.run(['git', 'status'])"),
    ("command", "subprocess.check_output(['git', 'show', rev])"),
    ("sql", "def f(db, x):\n    q = 'SELECT a FROM t WHERE b = ?'\n    db.execute(q, (x,))"),
    ("command", "run(task)"),
    ("code", "eval('1 + 1')"),
    ("code", "re.compile(pattern)"),
    ("code", "model.eval()"),
    ("sql", "cursor.execute('SELECT * FROM users WHERE id = ?', (user,))"),
    ("sql", "cursor.execute('SELECT 1 ' 'FROM t')"),
    ("sql", "cursor.execute(INSERT_USER, (name,))"),
    ("sql", "session.query(User)"),
    ("sql", "message = f'select {count} files'"),
    ("sql", "update = 'update ' + name"),
    ("deserialisation", "yaml.safe_load(stream)"),
    ("deserialisation", "yaml.load(stream, Loader=yaml.SafeLoader)"),
    ("deserialisation", "json.loads(data)"),
    ("path", "open('settings.ini')"),
    ("path", "open(SETTINGS)"),
    ("path", "Path(__file__).parent.joinpath('x')"),
    ("path", "open(os.path.join(os.path.dirname(__file__), 'x'))"),
    ("path", "', '.join(names)"),
    ("path", "text.replace(a, b)"),
    ("request", "requests.get('https://example.org/')"),
    ("request", "mapping.get(key)"),
    ("request", "client.get(url)"),
    ("html", "mark_safe('<br>')"),
    ("html", "def f(x):\n    return f'<{type(x).__name__} {x}>'"),
    ("html", "def f(x):\n    return f'{x} < 3'"),
    ("redirect", "redirect('/')"),
    ("redirect", "redirect(url_for('index'))"),
    ("crypto", "hashlib.sha256(x)"),
    ("crypto", "secrets.choice(letters)"),
    ("secret", "PASSWORD = os.environ['PASSWORD']"),
    ("secret", "password = 'abc'"),
    ("secret", "token = '<your token>'"),
    ("secret", "PASSWORD_FIELD = 'password_field'"),
    ("secret", "password_message = 'Enter your password'"),
    ("secret", "token = 'changeme'"),
    ("tls", "requests.get(url, verify=True)"),
    ("authentication", "if token is None: pass"),
    ("authentication", "if token == '': pass"),
    ("authentication", "if token.contents != 'endif': pass"),
    ("authentication", "if name == user.name: pass"),
    ("authentication", "if len(password) == 8: pass"),
    ("authentication", "if given == design(body): pass"),
    ("authentication", "if sign_up(body) is None or sign_up(body) == 3: pass"),
    ("configuration", "app.run(debug=False)"),
    ("configuration", "response.set_cookie('a', b, secure=True)"),
    ("temporary", "tempfile.mkstemp()"),
    ("input", "args = parser"),
    ("input", "self.data = values"),
]

JAVASCRIPT_MUST = [
    ("command", "child_process.exec('ls ' + name)"),
    ("command", "exec(`git show ${rev}`, done)"),
    ("command", "execSync(command)"),
    ("command", "spawn(tool, args)"),
    ("command", "require('child_process').exec(cmd)"),
    ("code", "eval(code)"),
    ("code", "new Function('a', body)"),
    ("code", "vm.runInNewContext(code)"),
    ("code", "setTimeout('run(' + x + ')', 10)"),
    ("code", "require(name)"),
    ("sql", "db.query(`SELECT * FROM users WHERE id = ${id}`)"),
    ("sql", "db.query('SELECT * FROM users WHERE id = ' + id)"),
    ("sql", "connection.query(sql, done)"),
    ("sql", "knex.raw(statement)"),
    ("sql", "const q = `DELETE FROM users WHERE id = ${id}`"),
    ("sql", "prisma.$queryRawUnsafe(q)"),
    ("sql", "find({ $where: code })"),
    ("deserialisation", "serialize.unserialize(body)"),
    ("deserialisation", "yaml.load(text)"),
    ("path", "fs.readFileSync(name)"),
    ("path", "res.sendFile(req.params.name)"),
    ("path", "path.join(root, req.params.name)"),
    ("path", "fs.unlink(file, done)"),
    ("path", "zip.extractAllTo(target)"),
    ("request", "fetch(url)"),
    ("request", "axios.get(`https://${host}/`)"),
    ("request", "http.get(req.query.url)"),
    ("html", "node.innerHTML = text"),
    ("html", "document.write(location.hash)"),
    ("html", "res.send(`<p>${name}</p>`)"),
    ("html", "res.send('<p>' + name)"),
    ("html", "node.insertAdjacentHTML('beforeend', text)"),
    ("html", "$('#a').html(text)"),
    ("html", "const page = (x) => { return `<div>${x}</div>` }"),
    ("redirect", "res.redirect(req.query.next)"),
    ("redirect", "window.location = target"),
    ("redirect", "location.href = target"),
    ("xml", "libxml.parseXml(text, { noent: true })"),
    ("crypto", "crypto.createHash('md5')"),
    ("crypto", "const token = Math.random().toString(36)"),
    ("crypto", "crypto.createCipheriv('aes-128-ecb', key, iv)"),
    ("secret", "const password = 'hunter2!'"),
    ("secret", "const config = { apiKey: 'a8f5f167f44f' }"),
    ("secret", "jwt.sign(payload, 'my-jwt-s3cret')"),
    ("secret", "const k = process.env.SECRET || 'fallback99'"),
    ("tls", "const agent = new https.Agent({ rejectUnauthorized: false })"),
    ("tls", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'"),
    ("authentication", "if (password === user.password) login()"),
    ("authentication", "if (req.headers.token !== expected) stop()"),
    ("authentication", "if (given !== sign_payload(body)) stop()"),
    ("authentication", "jwt.verify(token, key, { algorithms: ['none'] })"),
    ("authentication", "app.post('/login', handler)"),
    ("configuration", "app.use(cors())"),
    ("configuration", "res.setHeader('Access-Control-Allow-Origin', origin)"),
    ("configuration", "res.cookie('sid', value)"),
    ("configuration", "app.use(session({ cookie: { httpOnly: false } }))"),
    ("configuration", "app.listen(80, '0.0.0.0')"),
    ("temporary", "const file = '/tmp/state.json'"),
    ("input", "const name = req.query.name"),
    ("input", "const { id } = req.params"),
    ("input", "const file = process.argv[2]"),
    ("input", "window.addEventListener('message', handler)"),
]

JAVASCRIPT_MUST_NOT = [
    ("command", "execSync('git status')"),
    ("command", "pattern.exec(text)"),
    ("code", "eval('1')"),
    ("code", "setTimeout(run, 10)"),
    ("code", "require('./a')"),
    ("sql", "db.query('SELECT * FROM users WHERE id = ?', [id])"),
    ("sql", "db.query(User)"),
    ("sql", "const text = `select ${n} files`"),
    ("sql", "express.raw(options)"),
    ("sql", "Promise.all(items.map((x) => update(x, from)))"),
    ("deserialisation", "JSON.parse(body)"),
    ("path", "fs.readFileSync('a.txt')"),
    ("path", "path.join(__dirname, 'views')"),
    ("path", "names.join(separator)"),
    ("request", "fetch('/api/items')"),
    ("request", "map.get(key)"),
    ("request", "request(app)"),
    ("html", "node.innerHTML = ''"),
    ("html", "node.textContent = text"),
    ("html", "res.send('hello')"),
    ("redirect", "res.redirect('/')"),
    ("redirect", "res.location = function location(url) {}"),
    ("crypto", "crypto.createHash('sha256')"),
    ("secret", "const password = process.env.PASSWORD"),
    ("secret", "const password = 'your-password'"),
    ("secret", "const tokenType = 'identifier'"),
    ("authentication", "if (token === undefined) stop()"),
    ("authentication", "if (token === '[') open()"),
    ("authentication", "if (token.type === 'name') next()"),
    ("authentication", "if (typeof password === 'string') next()"),
    ("authentication", "if (sign(body) === undefined) next()"),
    ("authentication", "if (typeof sign(body) === kind) next()"),
    ("authentication", "app.get('/items', handler)"),
    ("configuration", "res.cookie('sid', value, { secure: true, httpOnly: true })"),
    ("input", "const params = options.params"),
]

GO_MUST = [
    ("command", 'exec.Command("sh", "-c", line)'),
    ("command", "exec.Command(program)"),
    ("command", 'exec.CommandContext(c, "/bin/bash", "-c", "ls " + name)'),
    ("sql", 'db.Query("SELECT a FROM t WHERE b = " + b)'),
    ("sql", 'query := fmt.Sprintf("SELECT a FROM t WHERE b = %s", b)'),
    ("sql", 'query := "DELETE FROM t WHERE b = " + b'),
    ("sql", "db.ExecContext(c, query)"),
    ("deserialisation", "gob.NewDecoder(r.Body)"),
    ("path", "os.ReadFile(filepath.Join(root, name))"),
    ("path", "os.Open(DataDir)"),
    ("path", "os.Open(os.Args[1])"),
    ("path", "http.ServeFile(w, r, name)"),
    ("request", "http.Get(address)"),
    ("request", "http.Get(url.String())"),
    ("request", 'http.NewRequest("GET", address, nil)'),
    ("html", "template.HTML(text)"),
    ("html", 'fmt.Fprintf(w, "<p>%s</p>", name)'),
    ("redirect", "http.Redirect(w, r, target, 302)"),
    ("crypto", "md5.Sum(data)"),
    ("crypto", "rand.Intn(10)"),
    ("secret", 'password := "hunter2!"'),
    ("tls", "c := &tls.Config{InsecureSkipVerify: true}"),
    ("authentication", "if token == expected {}"),
    ("authentication", 'if r.Header.Get("X-Token") != expected {}'),
    ("authentication", "hmac.Equal(a, b)"),
    ("authentication", "if given != sign_payload(body) {}"),
    ("authentication", "if given != hex.EncodeToString(sign(body)) {}"),
    ("sql", "db.GetContext(c, &rows, query)"),
    ("sql", 'db.SelectContext(c, &rows, "SELECT a FROM t WHERE b = " + b)'),
    ("sql", "db.Select(&rows, query)"),
    ("path", 'os.Rename("a", name)'),
    ("path", 'os.Symlink("a", name)'),
    ("path", 'c.SaveUploadedFile(file, "up/" + file.Filename)'),
    ("request", "lorry := &http.Client{}\n\tlorry.Get(address)"),
    ("request", "var lorry *http.Client\n\tlorry.Head(address)"),
    ("request", "s := S{lorry: &http.Client{}}\n\ts.lorry.Get(address)"),
    ("configuration", "c := http.Cookie{Secure: false}"),
    ("configuration", 'http.ListenAndServe("0.0.0.0:80", nil)'),
    ("temporary", 'path := "/tmp/state"'),
    ("input", 'r.FormValue("a")'),
    ("input", "r.URL.Query()"),
]

GO_MUST_NOT = [
    ("command", 'exec.Command("git", "show", name)'),
    ("sql", 'db.Query("SELECT a FROM t WHERE b = ?", b)'),
    ("sql", 'r.URL.Query("a")'),
    ("path", 'os.ReadFile("a.txt")'),
    ("request", 'http.Get("https://example.org/")'),
    ("request", "cache.Get(key)"),
    ("request", "carrier.Get(key)"),
    ("request", "lorry := &http.Client{}\n\tother.Get(lorry)"),
    ("sql", 'db.GetContext(c, query, "SELECT a FROM t WHERE b = ?", b)'),
    ("path", 'c.SaveUploadedFile(file, "up/a")'),
    ("authentication", "if sign(body) == nil {}"),
    ("html", 'fmt.Fprintf(w, "%s < 3", name)'),
    ("redirect", 'http.Redirect(w, r, "/", 302)'),
    ("crypto", "sha256.Sum256(data)"),
    ("secret", 'password := os.Getenv("PASSWORD")'),
    ("tls", "c := &tls.Config{InsecureSkipVerify: false}"),
    ("authentication", 'if token == "" {}'),
    ("authentication", "if len(password) == 8 {}"),
]

PHP_MUST = [
    ("command", "shell_exec('ls ' . $name);"),
    ("command", "`ls $name`;"),
    ("code", "include $page;"),
    ("code", "create_function('$a', $code);"),
    ("sql", "$db->query(\"SELECT a FROM t WHERE b = '$b'\");"),
    ("sql", "mysqli_query($link, 'SELECT a FROM t WHERE b = ' . $b);"),
    ("sql", '$sql = "DELETE FROM t WHERE b = {$b->c}";'),
    ("sql", "$sql = sprintf('SELECT a FROM t WHERE b = %s', $b);"),
    ("deserialisation", "unserialize($data);"),
    ("path", "file_get_contents($folder . '/' . $name);"),
    ("path", "readfile($name);"),
    ("request", "curl_init($address);"),
    ("request", "curl_setopt($c, CURLOPT_URL, $address);"),
    ("html", 'echo "<b>$name</b>";'),
    ("html", "echo '<b>' . $name . '</b>';"),
    ("html", "echo $_GET['name'];"),
    ("redirect", "header('Location: ' . $target);"),
    ("redirect", 'header("Location: $target");'),
    ("xml", "simplexml_load_string($text, 'SimpleXMLElement', LIBXML_NOENT);"),
    ("crypto", "md5($password);"),
    ("crypto", "$code = rand(0, 9);"),
    ("secret", "$password = 'hunter2!';"),
    ("secret", "define('API_KEY', 'a8f5f167f44f');"),
    ("tls", "curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);"),
    ("tls", "$a = ['ssl' => ['verify_peer' => false]];"),
    ("authentication", "if ($token == $expected) {}"),
    ("authentication", "if (hash_hmac('sha256', $a, $b) === $signature) {}"),
    ("authentication", "password_verify($a, $b);"),
    ("authentication", "if (sign_payload($a) === $b) {}"),
    ("authentication", "if (\\hash_hmac('sha256', $a, $b) === $c) {}"),
    ("command", "\\exec($name);"),
    ("command", "Shell_Exec($name);"),
    ("path", "new \\SplFileObject($name);"),
    ("redirect", "new \\Symfony\\Component\\HttpFoundation\\RedirectResponse($target);"),
    ("sql", "$db?->query($sql);"),
    ("sql", "$db->Query($sql);"),
    ("sql", "DB::select($statement);"),
    ("sql", "\\Illuminate\\Support\\Facades\\DB::unprepared($statement);"),
    ("html", "echo 'You searched for ' . $_GET['q'];"),
    ("html", "print('You searched for ' . $_GET['q']);"),
    ("html", "print($_GET['q']);"),
    ("html", "echo 'Found ', $_GET['q'] ?? 'nothing';"),
    ("html", 'echo "You searched for $_GET[q]";'),
    ("configuration", "setcookie('a', $b);"),
    ("configuration", "ini_set('display_errors', '1');"),
    ("temporary", "$path = '/tmp/state';"),
    ("input", "$a = $_POST['a'];"),
    ("input", "file_get_contents('php://input');"),
]

PHP_MUST_NOT = [
    ("command", "shell_exec('ls');"),
    ("code", "include __DIR__ . '/a.php';"),
    ("sql", "$db->prepare('SELECT a FROM t WHERE b = ?');"),
    ("deserialisation", "unserialize($data, ['allowed_classes' => false]);"),
    ("path", "file_get_contents('php://input');"),
    ("path", "file_get_contents('a.txt');"),
    ("request", "curl_init('https://example.org/');"),
    ("html", "echo json_encode($rows);"),
    ("html", "echo base64_encode(photo($_POST['address']));"),
    ("redirect", "header('Location: /');"),
    ("command", "Shop\\exec($name);"),
    ("sql", "DB::select('SELECT a FROM t WHERE b = ?', [$b]);"),
    ("authentication", "if (sign($a) === null) {}"),
    ("redirect", "header('Content-Type: ' . $type);"),
    ("crypto", "hash('sha256', $a);"),
    ("secret", "$password = getenv('PASSWORD');"),
    ("tls", "curl_setopt($c, CURLOPT_SSL_VERIFYPEER, true);"),
    ("authentication", "if ($token === null) {}"),
    ("configuration", "setcookie('a', $b, secure: true);"),
]


TAKEN_FROM_OUTSIDE = [
    ("a.py", "def f(x):\n    cmd = f'rm {x}'\n    os.system(cmd)"),
    ("a.py", "def f(cmd):\n    if not cmd:\n        cmd = 'ls'\n    os.system(cmd)"),
    ("a.py", "def f(cmd: str = 'a'):\n    cmd = 'ls' if cmd else cmd\n    os.system(cmd)"),
    ("a.py", "def f(xs):\n    for cmd in xs:\n        os.system(cmd)\n        cmd = 'ls'"),
    ("a.py", "def f(o, cmd=g):\n    o.cmd = 'ls'\n    return lambda: os.system(cmd)"),
    ("a.py", "def f():\n    cmd = 'a'\n    if (cmd := g()):\n        os.system(cmd)"),
    ("a.py", "os.system(os.environ['EDITOR'])"),
    ("a.py", "os.system(text.strip())"),
    ("a.js", "function f(x) { const c = `rm ${x}`; execSync(c) }"),
    ("a.js", "function f({ c }) { c = c || 'ls'; c = 'a'; execSync(c) }"),
    ("a.js", "function f(c) { if (!c) { c = 'ls' } execSync(c) }"),
    ("a.js", "function f(xs) { for (let c of xs) { execSync(c); c = 'ls' } }"),
    ("a.js", "execSync(url.pathname)"),
    ("a.php", '<?php function f($d) { $c = "ls $d"; exec($c); }'),
    ("a.php", "<?php function f($c) { if (!$c) { $c = 'ls'; } exec($c); }"),
    ("a.php", "<?php function f($cs) { foreach ($cs as $k => $c) { exec($c); } $c = 'ls'; }"),
    ("a.go", 'package a\nfunc f(p string) { if p == "" { p = "ls" }; exec.Command(p) }'),
    ("a.go", 'package a\nfunc f() { p := "ls"; g(&p); exec.Command(p) }'),
    ("a.go", 'package a\nfunc f() { for _, p := range g() { exec.Command(p); p = "ls" } }'),
    ("a.go", 'package a\nfunc f() { exec.Command("sh", "-c", os.Args[1]) }'),
    ("a.go", 'package a\nfunc f() { exec.Command(os.Getenv("EDITOR")) }'),
    ("a.go", "package a\nfunc f() { exec.Command(Editor) }"),
    ("a.go", "package a\nfunc f(path *T) { exec.Command(path.String()) }"),
]
"""Each with one place of the category ``command``."""

FIXED = [
    ("a.py", "def f():\n    cmd = 'ls'\n    os.system(cmd)"),
    ("a.py", "def f():\n    cmd = f'ls {TARGET}'\n    os.system(cmd)"),
    ("a.py", "os.system(str('a' + os.path.join(os.sep, 'ls')))"),
    ("a.js", "function f() { const c = `ls -l`; execSync(c) }"),
    ("a.js", "execSync(path.join(__dirname, 'run' + path.sep))"),
    ("a.php", "<?php function f() { $c = 'ls'; exec($c); }"),
    ("a.go", 'package a\nfunc f() { p := "ls"; exec.Command(p) }'),
    ("a.go", 'package a\nfunc f() { var p = "ls"; exec.Command(p) }'),
    ("a.go", 'package a\nfunc f() { exec.Command(filepath.Join("/usr/bin", "ls")) }'),
]


PHP_TEMPLATES = [
    ("<?= $name ?>\n", True),
    ("<p><?= $name ?></p>", True),
    ("<p></p><?php f(); ?><?= $name ?>", True),
    ("<?= render($name) ?>", True),
    ("<?= $a->title() ?>", True),
    ("<?= $a == $b ? $a : 'none' ?>", True),
    ("<?= e($a) . $b ?>", True),
    ("<?= htmlspecialchars($name) ?>", False),
    ("<p><?= htmlspecialchars(f($name), ENT_QUOTES) ?></p>", False),
    ("<?= $this->escape($name) ?>", False),
    ("<?= \\htmlentities($name) ?>", False),
    ("<?= (int) $number ?>", False),
    ("<p><?= $x = f($y) ?></p>", False),
    ("<p></p><?php $x ?>", False),
]
"""Whether each holds a place of the category ``html``."""


def go(statement: str) -> str:
    return f"package a\n\nfunc f() {{\n\t{statement}\n}}\n"


JSX_MUST = [
    ("html", "const a = <div dangerouslySetInnerHTML={{ __html: text }} />"),
    ("redirect", "const a = <a href={props.query.next}>x</a>"),
]


@pytest.mark.parametrize(("category", "code"), PYTHON_MUST)
def test_python_place(category: str, code: str) -> None:
    assert category in categories("a.py", code)


@pytest.mark.parametrize(("category", "code"), PYTHON_MUST_NOT)
def test_python_no_place(category: str, code: str) -> None:
    assert category not in categories("a.py", code)


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
@pytest.mark.parametrize(("category", "code"), JAVASCRIPT_MUST)
def test_javascript_place(path: str, category: str, code: str) -> None:
    assert category in categories(path, code)


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
@pytest.mark.parametrize(("category", "code"), JAVASCRIPT_MUST_NOT)
def test_javascript_no_place(path: str, category: str, code: str) -> None:
    assert category not in categories(path, code)


@pytest.mark.parametrize(("category", "code"), GO_MUST)
def test_go_place(category: str, code: str) -> None:
    assert category in categories("a.go", go(code))


@pytest.mark.parametrize(("category", "code"), GO_MUST_NOT)
def test_go_no_place(category: str, code: str) -> None:
    assert category not in categories("a.go", go(code))


@pytest.mark.parametrize(("category", "code"), PHP_MUST)
def test_php_place(category: str, code: str) -> None:
    assert category in categories("a.php", f"<?php\n{code}\n")


@pytest.mark.parametrize(("category", "code"), PHP_MUST_NOT)
def test_php_no_place(category: str, code: str) -> None:
    assert category not in categories("a.php", f"<?php\n{code}\n")


@pytest.mark.parametrize(("code", "shown"), PHP_TEMPLATES)
def test_php_template(code: str, *, shown: bool) -> None:
    assert ("html" in categories("a.php", code)) is shown


@pytest.mark.parametrize(("path", "code"), TAKEN_FROM_OUTSIDE)
def test_a_name_that_may_hold_another_value_than_its_text_is_computed(path: str, code: str) -> None:
    assert "command" in categories(path, code)


@pytest.mark.parametrize(("path", "code"), FIXED)
def test_a_name_that_holds_nothing_but_fixed_text_is_not_computed(path: str, code: str) -> None:
    assert "command" not in categories(path, code)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", "def f(x):\n    q = f'DELETE FROM t WHERE a = {x}'\n    db.execute(q)"),
        ("a.js", "function f(x) {\n  const sql = `DELETE FROM t WHERE a = ${x}`\n  db.run(sql) }"),
        ("a.php", '<?php\nfunction f($x) { $q = "DELETE FROM t WHERE a = $x";\n$db->exec($q); }'),
    ],
)
def test_text_that_is_a_place_is_none_again_where_its_name_is_used(path: str, code: str) -> None:
    assert [place.start_line for place in places(path, code) if place.category == "sql"] == [2]


@pytest.mark.parametrize("path", ["a.jsx", "a.tsx"])
@pytest.mark.parametrize(("category", "code"), JSX_MUST)
def test_jsx_place(path: str, category: str, code: str) -> None:
    assert category in categories(path, code)


def test_a_place_knows_its_lines_and_its_symbol() -> None:
    code = (
        "class Store:\n    def find(self, x):\n        db.execute(\n            f'{x}'\n        )"
    )
    assert [replace(place, digest="") for place in places("a.py", code)] == [
        Place("sql", 3, 5, "db.execute(", "Store.find", "f'{x}'"),
    ]


def test_what_decides_at_a_place_is_kept_apart() -> None:
    (place,) = places("a.py", "(base / name).write_bytes(content)")
    assert place.value == "(base / name)"
    (place,) = places("a.go", go('exec.Command(shell, "-c", line)'))
    assert place.value == '(shell, "-c", line)'
    (place,) = places("a.go", go('exec.Command("sh", "-c", line, other)'))
    assert place.value == "line, other"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", "db.execute('SELECT %s FROM t WHERE b = ' + evil)"),
        ("a.py", "db.execute(f'SELECT %s FROM t WHERE b = {evil}')"),
        ("a.js", "db.query(`SELECT %s FROM t WHERE b = ${evil}`)"),
        ("a.php", "<?php $db->query('SELECT %s FROM t WHERE b = ' . $evil);"),
        ("a.go", 'package a\nfunc f() { db.Query("SELECT %s FROM t WHERE b = " + evil) }'),
    ],
)
def test_what_is_put_into_the_end_of_a_long_text_is_kept(path: str, code: str) -> None:
    long = ", ".join(f"column{number}" for number in range(400))
    (place,) = (row for row in places(path, code % long) if row.category == "sql")
    assert "evil" in place.value
    assert "WHERE b = " in place.value
    assert "SELECT column0" in place.value
    assert len(place.value) <= LONGEST_VALUE


def test_a_value_of_many_short_texts_is_kept_to_its_end() -> None:
    texts = " + ".join(f"'{number} columns and '" for number in range(80))
    (place,) = places("a.py", f"db.execute('SELECT a FROM t WHERE ' + {texts} + evil)")
    assert place.value.endswith("+ evil")
    assert len(place.value) <= LONGEST_VALUE


def test_a_name_within_another_is_a_value_of_its_own() -> None:
    (place,) = places("a.py", "eval(userid), eval(id), eval(id)")
    assert place.value == "userid, id"


def test_one_place_a_line_and_category() -> None:
    found = places("a.py", "eval(a), eval(b), os.system(c)")
    assert [(place.start_line, place.category) for place in found] == [(1, "code"), (1, "command")]


@pytest.mark.parametrize(
    ("path", "code", "lines"),
    [
        ("a.py", "db.execute(\n    'SELECT a FROM t WHERE b = ' + b\n)", [1]),
        ("a.py", "db.execute('SELECT a FROM t WHERE b = ' + b)", [1]),
        (
            "a.py",
            "db.execute(\n    'SELECT ' + f(lambda: db.execute(\n        'SELECT ' + x)))",
            [1, 2],
        ),
        ("a.js", "db.query(\n  `SELECT a FROM t WHERE b = ${b}`,\n);", [1]),
        (
            "a.js",
            "db.query(`SELECT ${a} FROM t`, () => {\n  db.query(`SELECT ${b} FROM t`);\n});",
            [1, 2],
        ),
        (
            "a.js",
            "db.query(`SELECT ${a} FROM t`, function () {\n  db.query(`SELECT ${b} FROM t`);\n});",
            [1, 2],
        ),
    ],
)
def test_what_is_put_together_within_a_call_is_no_place_beside_it(
    path: str, code: str, lines: list[int]
) -> None:
    assert [row.start_line for row in places(path, code) if row.category == "sql"] == lines


def test_a_file_of_thousands_of_places_is_searched_as_a_whole() -> None:
    code = "".join(f"x{number} = eval(a)\n\n" for number in range(3000))
    assert len(places("a.py", code)) == 3000


@pytest.mark.parametrize("value", ["abc", "your-key-here", "${SECRET}", "two words", "/etc/key"])
def test_not_a_secret(value: str) -> None:
    assert not looks_secret(value)


@pytest.mark.parametrize(
    "name", [spec.name for spec in LANGUAGES if query_source(spec, ("places",))]
)
def test_every_pattern_compiles_and_names_its_words(name: str) -> None:
    assert load_patterns(BY_NAME[name])
