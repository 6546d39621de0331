; --- command ---

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]
  arguments: (argument_list . (_) @computed) @value) @place.command
  (#any-of? @name
    "system" "popen" "getoutput" "getstatusoutput" "create_subprocess_shell"
    "create_subprocess_exec" "execl" "execle" "execlp" "execv" "execve" "execvp" "spawnl" "spawnv"
    "startfile"))

((call
  function: (attribute object: (identifier) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.command
  ; a list of arguments without a shell is what one should write; with shell=True, see below
  (#not-match? @computed "^\\[")
  (#match? @_object "^(subprocess|sp|commands|shlex|pty|pexpect|sarge|sh)$")
  (#any-of? @name "run" "call" "check_call" "check_output" "Popen" "spawn"))

((call
  function: (identifier) @name
  arguments: (argument_list . (_) @computed)) @place.command
  (#not-match? @computed "^\\[")
  (#any-of? @name "Popen" "check_call" "check_output"))

((call
  arguments: (argument_list
    (_) @computed
    (keyword_argument name: (identifier) @name value: (true)))) @place.command
  (#any-of? @name "shell"))

((call
  function: (attribute attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.command
  (#any-of? @name "exec_command"))

; --- code ---

((call
  function: (identifier) @name
  arguments: (argument_list . (_) @computed)) @place.code
  (#any-of? @name "eval" "exec" "compile" "execfile" "__import__"))

((call
  function: (attribute object: (_) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.code
  (#match? @_object "^(builtins|importlib|runpy|code|imp)$")
  (#any-of? @name
    "eval" "exec" "import_module" "run_path" "run_module" "load_source" "InteractiveInterpreter"))

; --- sql ---

((call
  function: (attribute attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.sql
  (#any-of? @name
    "execute" "executemany" "executescript" "raw" "extra" "execute_sql" "read_sql" "read_sql_query"
    "fetchrow" "fetchval" "exec_driver_sql" "mogrify"))

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]
  arguments: (argument_list . (_) @computed)) @place.sql
  (#any-of? @name "RawSQL" "text" "query" "fetch" "fetch_all" "fetch_one")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where)\\b.*[{%+]|^(sql|query|stmt|statement)$"))

; A statement put together from parts, wherever it goes.
([
  (string (string_content) @_start (interpolation))
  (binary_operator left: (string (string_content) @_start) operator: ["%" "+"])
  (call function: (attribute object: (string (string_content) @_start) attribute: (identifier) @_format))
] @place.sql
  (#match? @_start "(?i)^\\s*(select|insert|update|delete|drop|alter|create)\\s")
  (#match? @place.sql "(?is)(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s|(drop|alter|create)\\s+(table|database|user|index)\\s)")
  (#set! words "select insert update delete drop alter create"))

; --- deserialisation ---

((call
  function: (attribute object: (identifier) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.deserialisation
  (#match? @_object "^(c?[pP]ickle|_pickle|marshal|dill|cloudpickle|jsonpickle|shelve|joblib|torch|pd|pandas|np|numpy)$")
  (#any-of? @name "load" "loads" "Unpickler" "decode" "open" "read_pickle"))

((call
  function: (attribute object: (identifier) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed) @_arguments) @place.deserialisation
  (#any-of? @_object "yaml" "ruamel")
  (#any-of? @name "load" "load_all" "unsafe_load" "unsafe_load_all" "full_load" "full_load_all")
  (#not-match? @_arguments "Safe|BaseLoader"))

; --- path ---

((call
  function: (identifier) @name
  arguments: (argument_list . (_) @computed)) @place.path
  (#any-of? @name
    "open" "send_file" "send_from_directory" "FileResponse" "StaticFiles" "rmtree" "copyfile"
    "safe_join" "unpack_archive"))

((call
  function: (attribute object: (identifier) @_object attribute: (identifier) @name)
  arguments: (argument_list (_) @computed)) @place.path
  (#match? @_object "^(os|io|shutil|codecs|aiofiles|gzip|bz2|lzma|zipfile|tarfile|flask|web|fs)$")
  (#any-of? @name
    "open" "remove" "unlink" "rmdir" "rename" "replace" "makedirs" "mkdir" "listdir" "scandir"
    "chmod" "chown" "symlink" "link" "rmtree" "copy" "copy2" "copyfile" "copytree" "move"
    "unpack_archive" "ZipFile" "TarFile" "send_file" "send_from_directory"))

((call
  function: (attribute object: (attribute attribute: (identifier) @_path) attribute: (identifier) @name)
  arguments: (argument_list . (_) (_) @computed)) @place.path
  (#eq? @_path "path")
  (#any-of? @name "join"))

((call
  function: (attribute object: (_) @computed attribute: (identifier) @name)) @place.path
  (#any-of? @name "read_text" "read_bytes" "write_text" "write_bytes" "unlink" "rmdir"))

((call
  function: (attribute attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.path
  (#any-of? @name "joinpath" "send_static_file"))

((binary_operator
  left: (call function: [(identifier) @name (attribute attribute: (identifier) @name)])
  operator: "/"
  right: (_) @computed) @place.path
  (#any-of? @name "Path" "PurePath" "PosixPath"))

((call
  function: (attribute object: (_) @_object attribute: (identifier) @name)) @place.path
  (#not-match? @_object "^(re|df|str)$")
  (#any-of? @name "extractall"))

((call
  function: (attribute object: (_) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.path
  (#match? @_object "(?i)(zip|tar|archive|^zf$|^tf$|^z$)")
  (#any-of? @name "extract"))

; --- request ---

((call
  function: (attribute object: (_) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.request
  (#match? @_object "(?i)^(requests|httpx|aiohttp|urllib3?|session|self\\.(_?http|_?client|session|_?http_client)|_?http_client|http)$")
  (#any-of? @name "get" "post" "put" "patch" "delete" "head" "options" "request" "stream"))

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]
  arguments: (argument_list . (_) @computed)) @place.request
  (#any-of? @name "urlopen" "urlretrieve" "URLopener" "HTTPConnection" "HTTPSConnection"))

; --- html ---

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]
  arguments: (argument_list . (_) @computed)) @place.html
  (#any-of? @name
    "Markup" "mark_safe" "SafeString" "SafeText" "render_template_string" "HTMLResponse"
    "HttpResponse" "from_string" "Template" "make_response"))

((return_statement
  [
    (string (string_content) @_html (interpolation))
    (binary_operator left: (string (string_content) @_html))
    (call function: (attribute object: (string (string_content) @_html)))
  ]) @place.html
  (#match? @_html "^\\s*<(!DOCTYPE|!doctype|html|head|body|div|p|h[1-6]|a|ul|ol|li|table|tr|td|th|span|script|style|b|i|em|strong|img|form|input|button|select|svg|br|title|section|article|main|nav|pre|code|iframe|label)[\\s>/]")
  (#set! words "</ <br <img <input <!doctype <p> <div <h1 <h2 <li <td <span"))

((keyword_argument name: (identifier) @name value: (false)) @place.html
  (#any-of? @name "autoescape"))

; --- redirect ---

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]
  arguments: (argument_list . (_) @computed)) @place.redirect
  (#not-match? @computed "^(flask\\.)?(url_for|reverse|reverse_lazy)\\(")
  (#any-of? @name "redirect" "HttpResponseRedirect" "HttpResponsePermanentRedirect" "RedirectResponse"))

; --- xml ---

((call
  function: (attribute object: (_) @_object attribute: (identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.xml
  (#match? @_object "^(ET|ElementTree|etree|cElementTree|xml\\.[\\w.]+|lxml\\.[\\w.]+|minidom|pulldom|sax|expatbuilder|objectify|xmltodict|untangle)$")
  (#any-of? @name "parse" "fromstring" "fromstringlist" "iterparse" "XML" "parseString"))

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]) @place.xml
  (#any-of? @name "XMLParser" "make_parser" "XMLReader" "XSLT"))

; --- crypto ---

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]) @place.crypto
  (#any-of? @name "md5" "sha1" "MD5" "SHA1" "TripleDES" "ARC4" "Blowfish" "IDEA" "CAST5" "ECB"))

((attribute object: (identifier) @_object attribute: (identifier) @name) @place.crypto
  (#any-of? @_object "AES" "DES" "DES3" "ARC2" "ARC4" "Blowfish")
  (#any-of? @name "MODE_ECB" "new"))

((call
  function: (attribute object: (identifier) @_hashlib attribute: (identifier) @name)
  arguments: (argument_list . (string (string_content) @_algorithm))) @place.crypto
  (#eq? @_hashlib "hashlib")
  (#any-of? @name "new")
  (#match? @_algorithm "(?i)^(md[245]|sha-?1)$"))

((call
  function: (attribute object: (identifier) @_object attribute: (identifier) @name)) @place.crypto
  (#eq? @_object "random")
  (#any-of? @name
    "choice" "choices" "getrandbits" "randbytes" "randint" "random" "randrange" "sample" "shuffle"
    "uniform"))

; --- secret ---

((assignment
  left: [
    (identifier) @_name
    (attribute attribute: (identifier) @_name)
    (subscript subscript: (string (string_content) @_name))
  ]
  right: (string . (string_start) . (string_content) @secret . (string_end))) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key|signing_?key|credential)s?(_?(key|value|hash|salt))?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey signing_key signingkey credential"))

((keyword_argument
  name: (identifier) @_name
  value: (string . (string_start) . (string_content) @secret . (string_end))) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)(_?key)?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

((pair
  key: (string (string_content) @_name)
  value: (string . (string_start) . (string_content) @secret . (string_end))) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)(_?key)?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

([
  (default_parameter
    name: (identifier) @_name
    value: (string . (string_start) . (string_content) @secret . (string_end)))
  (typed_default_parameter
    name: (identifier) @_name
    value: (string . (string_start) . (string_content) @secret . (string_end)))
] @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|secret_?key)$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

((string (string_content) @_value) @place.secret
  (#match? @_value "^(AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_\\w{40,}|sk-[A-Za-z0-9_-]{20,}|sk_live_\\w{16,}|xox[abp]-[\\w-]{10,}|AIza[\\w-]{35}|glpat-[\\w-]{20})|-----BEGIN [A-Z ]*PRIVATE KEY|MASKED_[A-Z0-9_]+_[0-9]")
  (#set! words "masked_ akia ghp_ github_pat_ sk- sk_live_ xoxa- xoxb- xoxp- aiza glpat- private"))

; --- tls ---

((keyword_argument name: (identifier) @name value: (false)) @place.tls
  (#any-of? @name "verify" "verify_ssl" "check_hostname" "ssl_verify" "verify_certs" "ssl"))

([(identifier) @name (attribute attribute: (identifier) @name)] @place.tls
  (#any-of? @name
    "CERT_NONE" "_create_unverified_context" "PROTOCOL_SSLv2" "PROTOCOL_SSLv3" "PROTOCOL_TLSv1"
    "disable_warnings"))

((assignment left: (attribute attribute: (identifier) @name) right: (false)) @place.tls
  (#any-of? @name "check_hostname" "verify"))

((call
  function: (attribute attribute: (identifier) @name)
  arguments: (argument_list (identifier) @_policy)) @place.tls
  (#any-of? @name "set_missing_host_key_policy"))

((call function: (attribute attribute: (identifier) @name)) @place.tls
  (#any-of? @name "AutoAddPolicy" "set_missing_host_key_policy"))

; --- authentication ---

((comparison_operator
  (_) @_left
  operators: ["==" "!="]
  (_) @_right) @place.authentication
  (#match? @_left "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?[\"']?\\]?(\\.\\w*digest\\(\\))?$")
  (#not-match? @_right "^(None|True|False|[\"'][^\"']{0,5}[\"']|\\d+)$")
  (#not-match? @_left "^(len|type)\\(")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((comparison_operator
  (_) @_left
  operators: ["==" "!="]
  (_) @_right) @place.authentication
  (#match? @_right "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?[\"']?\\]?\\)?$")
  (#not-match? @_right "^[\"']")
  (#not-match? @_left "^(len|type)\\(")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((comparison_operator
  (_) @_left
  operators: ["==" "!="]
  (_) @_right) @place.authentication
  (#match? @place.authentication "(?i)(^|[\\s.>:_(])(sign|signature|hmac|hexdigest|digest|hash_hmac|mac)(_\\w+)?\\(")
  (#not-match? @_left "^(len|type)\\(")
  (#not-match? @_right "^(None|True|False|\\d+)$")
  (#set! words "sign digest hmac mac"))

((call
  function: (attribute object: (identifier) @_jwt attribute: (identifier) @name)) @place.authentication
  (#match? @_jwt "(?i)^(jwt|jose|pyjwt)$")
  (#any-of? @name "decode" "get_unverified_claims" "get_unverified_header"))

((decorator) @place.authentication
  (#match? @place.authentication "(?i)(route|get|post|path|api|login|permission|auth)\\w*\\(?.*(log_?in|sign_?in|log_?out|register\\b|sign_?up|password|token|auth|csrf_exempt|admin)|csrf_exempt")
  (#set! words "login log_in signin sign_in logout log_out register signup sign_up password token auth csrf_exempt admin"))

((call function: [(identifier) @name (attribute attribute: (identifier) @name)]) @place.authentication
  (#any-of? @name
    "login_user" "authenticate" "check_password" "check_password_hash" "verify_password" "checkpw"
    "set_password" "csrf_exempt"))

; --- configuration ---

((keyword_argument name: (identifier) @name value: (true)) @place.configuration
  (#any-of? @name "debug" "use_debugger" "use_evalex" "allow_credentials"))

((assignment
  left: [
    (identifier) @_name
    (attribute attribute: (identifier) @_name)
    (subscript subscript: (string (string_content) @_name))
  ]
  right: (true)) @place.configuration
  (#match? @_name "^(DEBUG|debug|TESTING|CORS_ALLOW_ALL_ORIGINS|CORS_ORIGIN_ALLOW_ALL|SESSION_COOKIE_INSECURE)$")
  (#set! words "debug testing cors_"))

((assignment
  left: [
    (identifier) @_name
    (attribute attribute: (identifier) @_name)
    (subscript subscript: (string (string_content) @_name))
  ]
  right: (false)) @place.configuration
  (#match? @_name "(COOKIE_SECURE|COOKIE_HTTPONLY|CSRF_ENABLED|CSRF_CHECK_DEFAULT|SSL_REDIRECT|COOKIE_SAMESITE)$")
  (#set! words "cookie_ csrf_ ssl_redirect"))

((keyword_argument name: (identifier) @name value: (false)) @place.configuration
  (#any-of? @name "secure" "httponly"))

((call function: (attribute attribute: (identifier) @name) arguments: (_) @_arguments) @place.configuration
  (#any-of? @name "set_cookie")
  (#not-match? @_arguments "secure\\s*=\\s*True"))

((string (string_content) @_value) @place.configuration
  (#match? @_value "^(0\\.0\\.0\\.0|::)$")
  (#set! words "0.0.0.0 '::' \"::\""))

([
  (keyword_argument name: (identifier) @_name value: (_) @_value)
  (assignment left: (identifier) @_name right: (_) @_value)
] @place.configuration
  (#match? @_name "(?i)^(allow_origins|origins|resources|allowed_hosts|cors_allowed_origins|allow_origin_regex)$")
  (#match? @_value "^[\\[({]?\\s*[\"'](\\*|\\.\\*)[\"']")
  (#set! words "origins resources allowed_hosts allow_origin"))

((subscript subscript: (string (string_content) @_header)) @place.configuration
  (#eq? @_header "Access-Control-Allow-Origin")
  (#set! words "access-control-allow-origin"))

; --- temporary ---

((call
  function: [(identifier) @name (attribute attribute: (identifier) @name)]) @place.temporary
  (#any-of? @name "mktemp" "tempnam" "tmpnam"))

((string (string_content) @_value) @place.temporary
  (#match? @_value "^/(var/)?tmp/.")
  (#set! words "/tmp/"))

; --- input ---

((attribute object: (_) @_request attribute: (identifier) @name) @place.input
  (#match? @_request "^(flask\\.|self\\.)?(request|req)$")
  (#any-of? @name
    "args" "form" "json" "values" "data" "files" "headers" "cookies" "get_json" "get_data" "stream"
    "GET" "POST" "FILES" "COOKIES" "META" "body" "query_params" "path_params" "query" "match_info"
    "query_string" "post" "text" "view_args"))

((call function: (identifier) @name) @place.input
  (#any-of? @name "input" "raw_input"))

((attribute object: (identifier) @_sys attribute: (identifier) @name) @place.input
  (#eq? @_sys "sys")
  (#any-of? @name "argv" "stdin"))

((call function: (attribute attribute: (identifier) @name)) @place.input
  (#any-of? @name "parse_args" "parse_known_args" "recv" "recvfrom" "receive_text" "receive_json"))

