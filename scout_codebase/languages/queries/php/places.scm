; --- command ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.command
  (#any-of? @name
    "exec" "shell_exec" "system" "passthru" "popen" "proc_open" "pcntl_exec" "expect_popen"))

((shell_command_expression (_) @computed) @place.command
  (#set! words "`"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument) . (argument) . (argument) . (argument) . (argument (_) @computed))) @place.command
  (#any-of? @name "mail" "mb_send_mail"))

; --- code ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.code
  (#any-of? @name
    "eval" "assert" "call_user_func" "call_user_func_array"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument (_) @computed))) @place.code
  (#any-of? @name "create_function" "runkit_method_add" "runkit7_method_add"))

((include_expression (_) @computed) @place.code
  (#set! words "include"))
((include_once_expression (_) @computed) @place.code
  (#set! words "include_once"))
((require_expression (_) @computed) @place.code
  (#set! words "require"))
((require_once_expression (_) @computed) @place.code
  (#set! words "require_once"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @_pattern))) @place.code
  (#any-of? @name "preg_replace")
  (#match? @_pattern "/[imsxuADSUXJ]*e[imsxuADSUXJ]*['\"]$"))

; --- sql ---

((_
  object: (_)
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.sql
  (#any-of? @name
    "query" "exec" "prepare" "multi_query" "real_query" "executeQuery" "executeStatement"
    "createQuery" "createNativeQuery" "whereRaw" "selectRaw" "orderByRaw" "havingRaw" "raw"
    "unprepared" "get_results" "get_var" "get_row")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where|order by)\\b|^\\$\\w*(sql|query|stmt|statement)\\w*$"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument (_) @computed))) @place.sql
  (#any-of? @name
    "mysqli_query" "mysqli_multi_query" "mysqli_real_query" "mysql_query" "pg_query"
    "sqlite_query" "odbc_exec" "sqlsrv_query" "mssql_query" "oci_parse")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where)\\b|(sql|query|stmt|statement)\\w*$"))

; What is called upon a class, as by the query builder of Laravel.
((scoped_call_expression
  scope: (_) @_class
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.sql
  (#match? @_class "(?i)(^|\\\\)(db|capsule)$")
  (#any-of? @name
    "select" "selectOne" "scalar" "insert" "update" "delete" "statement" "affectingStatement" "raw"
    "unprepared"))

; A statement put together from parts, wherever it goes.
([
  (encapsed_string . (string_content) @_start [
    (variable_name)
    (member_access_expression)
    (subscript_expression)
    (dynamic_variable_name)
  ])
  (binary_expression left: [
    (string (string_content) @_start)
    (encapsed_string . (string_content) @_start)
  ])
] @place.sql
  (#match? @_start "(?i)^\\s*(select|insert|update|delete|drop|alter|create)\\s")
  (#match? @place.sql "(?is)(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s|(drop|alter|create)\\s+(table|database|user|index)\\s)")
  (#set! words "select insert update delete drop alter create"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument [
    (string (string_content) @_start)
    (encapsed_string . (string_content) @_start)
  ]) . (argument (_) @computed))) @place.sql
  (#any-of? @name "sprintf" "vsprintf")
  (#match? @_start "(?is)^\\s*(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s)"))

; --- deserialisation ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed)) @_arguments) @place.deserialisation
  (#any-of? @name "unserialize" "yaml_parse" "igbinary_unserialize" "msgpack_unpack")
  (#not-match? @_arguments "allowed_classes'?\"?\\s*=>\\s*(false|\\[\\s*\\])"))

; --- path ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.path
  (#any-of? @name
    "fopen" "readfile" "file_get_contents" "file_put_contents" "file" "unlink" "rmdir" "mkdir"
    "rename" "copy" "scandir" "opendir" "move_uploaded_file" "symlink" "link" "chmod" "touch"
    "parse_ini_file" "show_source" "highlight_file" "gzopen" "simplexml_load_file")
  (#not-match? @computed "^['\"](php|https?)://"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument) . (argument (_) @computed))) @place.path
  (#any-of? @name "move_uploaded_file" "rename" "copy"))

((object_creation_expression
  [(name) @name (qualified_name (name) @name .)]
  (arguments . (argument (_) @computed))) @place.path
  (#any-of? @name "SplFileObject" "BinaryFileResponse" "DirectoryIterator"))

((_
  object: (_)
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.path
  (#any-of? @name "extractTo" "sendFile" "storeAs"))

; --- request ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.request
  (#any-of? @name "curl_init" "get_headers" "fsockopen" "stream_socket_client" "getimagesize"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument) (argument (name) @_option) (argument (_) @computed))) @place.request
  (#any-of? @name "curl_setopt")
  (#eq? @_option "CURLOPT_URL"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.request
  (#any-of? @name "file_get_contents" "fopen")
  (#match? @computed "(?i)^['\"]https?:|url|uri|address|endpoint"))

((_
  object: (_) @_client
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.request
  (#match? @_client "(?i)(client|http|guzzle)$")
  (#any-of? @name "get" "post" "put" "delete" "head" "patch"))

((_
  object: (_) @_client
  name: (name) @name
  arguments: (arguments . (argument) . (argument (_) @computed))) @place.request
  (#match? @_client "(?i)(client|http|guzzle)$")
  (#any-of? @name "request"))

((scoped_call_expression
  scope: (_) @_client
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.request
  (#match? @_client "Http$")
  (#any-of? @name "get" "post" "put" "delete" "head" "patch"))

; --- html ---

([
  (echo_statement (_) @computed)
  (print_intrinsic (_) @computed)
] @place.html
  ; what is sent as it came, not what a function makes of it
  (#match? @computed "<[a-zA-Z!/]|(^\\(*|[^\\w(]|[^\\w)]\\()\\$_(GET|POST|REQUEST|COOKIE|SERVER)\\b")
  (#set! words "echo print"))

((return_statement [
    (encapsed_string . (string_content) @_html)
    (binary_expression left: (string (string_content) @_html))
    (binary_expression left: (encapsed_string . (string_content) @_html))
  ] @computed) @place.html
  (#match? @_html "^\\s*<(!DOCTYPE|!doctype|html|head|body|div|p|h[1-6]|a|ul|ol|li|table|tr|td|th|span|script|style|b|i|em|strong|img|form|input|button|select|svg|br|title|section|article|main|nav|pre|code|iframe|label)[\\s>/]")
  (#set! words "</ <br <img <input <!doctype <p> <div <h1 <h2 <li <td <span"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @_format) . (argument (_) @computed))) @place.html
  (#any-of? @name "printf" "sprintf" "vprintf")
  (#match? @_format "^['\"]\\s*<[a-zA-Z!]"))

; Templates: <?= $value ?>
((text_interpolation (php_tag) @_tag .) . (expression_statement (_) @computed) @place.html
  (#eq? @_tag "<?=")
  (#not-match? @computed "(?i)^\\\\?(\\$?[\\w\\\\]+(->|::))?(html(specialchars|entities)|esc|esc_\\w+|escape\\w*|e|h|encode|json_encode|(raw)?urlencode|http_build_query|count|strlen|number_format|intval|floatval|date|md5|sha1)\\(([^()]|\\(([^()]|\\([^()]*\\))*\\))*\\)$")
  (#not-match? @computed "^\\((int|float|bool)\\)|^\\$\\w+\\s*=[^=>]")
  (#set! words "<?="))

((program . (text)? . (php_tag) @_tag . (expression_statement (_) @computed) @place.html)
  (#eq? @_tag "<?=")
  (#not-match? @computed "(?i)^\\\\?(\\$?[\\w\\\\]+(->|::))?(html(specialchars|entities)|esc|esc_\\w+|escape\\w*|e|h|encode|json_encode|(raw)?urlencode|http_build_query|count|strlen|number_format|intval|floatval|date|md5|sha1)\\(([^()]|\\(([^()]|\\([^()]*\\))*\\))*\\)$")
  (#not-match? @computed "^\\((int|float|bool)\\)|^\\$\\w+\\s*=[^=>]")
  (#set! words "<?="))

; --- redirect ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument [(binary_expression) (encapsed_string)] @computed))) @place.redirect
  (#any-of? @name "header")
  (#match? @computed "(?i)^['\"]\\s*location:"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.redirect
  (#any-of? @name "redirect" "wp_redirect"))

((object_creation_expression
  [(name) @name (qualified_name (name) @name .)]
  (arguments . (argument (_) @computed))) @place.redirect
  (#any-of? @name "RedirectResponse"))

((_
  object: (_)
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.redirect
  (#any-of? @name "redirect"))

; --- xml ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument (_) @computed))) @place.xml
  (#any-of? @name "simplexml_load_string" "simplexml_load_file" "xml_parse" "dom_import_simplexml"))

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.xml
  (#any-of? @name "libxml_disable_entity_loader"))

((_
  object: (_) @_document
  name: (name) @name
  arguments: (arguments . (argument (_) @computed))) @place.xml
  (#match? @_document "(?i)(xml|dom|doc|document|reader)$")
  (#any-of? @name "loadXML" "load" "XML"))

; --- crypto ---

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.crypto
  (#any-of? @name
    "md5" "sha1" "md5_file" "sha1_file" "crc32" "rand" "mt_rand" "uniqid" "lcg_value" "crypt"
    "str_shuffle" "array_rand" "shuffle" "mcrypt_encrypt" "mcrypt_decrypt"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument (string (string_content) @_algorithm)))) @place.crypto
  (#any-of? @name "hash" "hash_hmac" "openssl_encrypt" "openssl_decrypt" "openssl_sign")
  (#match? @_algorithm "(?i)^(md[245]|sha-?1|des.*|rc[24].*|bf.*|.*-ecb)$"))

; --- secret ---

([
  (assignment_expression
    left: [
      (variable_name (name) @_name)
      (member_access_expression name: (name) @_name)
      (subscript_expression (_) (string (string_content) @_name))
    ]
    right: (string (string_content) @secret))
  (const_element (name) @_name (string (string_content) @secret))
  (property_element name: (variable_name (name) @_name) default_value: (string (string_content) @secret))
  (array_element_initializer (string (string_content) @_name) (string (string_content) @secret))
] @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key|signing_?key|credential)s?(_?(key|value|hash|salt))?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey signing_key signingkey credential"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments
    . (argument (string (string_content) @_name))
    . (argument (string (string_content) @secret)))) @place.secret
  (#any-of? @name "define")
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)s?(_?key)?$"))

([(string) (encapsed_string)] @place.secret
  (#match? @place.secret "^[\"'](AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_\\w{40,}|sk-[A-Za-z0-9_-]{20,}|sk_live_\\w{16,}|xox[abp]-[\\w-]{10,}|AIza[\\w-]{35}|glpat-[\\w-]{20})|-----BEGIN [A-Z ]*PRIVATE KEY|MASKED_[A-Z0-9_]+_[0-9]")
  (#set! words "masked_ akia ghp_ github_pat_ sk- sk_live_ xoxa- xoxb- xoxp- aiza glpat- private"))

; --- tls ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments
    (argument (name) @_option)
    . (argument [(boolean) (integer)] @_value))) @place.tls
  (#any-of? @name "curl_setopt")
  (#match? @_option "^CURLOPT_SSL_VERIFY(PEER|HOST|STATUS)$")
  (#match? @_value "(?i)^(false|0|1)$"))

((array_element_initializer
  (_) @_option
  (_) @_value) @place.tls
  (#match? @_option "(?i)^(CURLOPT_SSL_VERIFY(PEER|HOST)|['\"]verify(_peer(_name)?)?['\"]|['\"]allow_self_signed['\"])$")
  (#match? @_value "(?i)^(false|0)$|^true$")
  (#not-match? @place.tls "(?i)verify.*true")
  (#set! words "curlopt_ssl_ verify allow_self_signed"))

; --- authentication ---

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @_left "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?[\"']?\\]?\\)?$")
  (#not-match? @_left "^(strlen|count|gettype|isset|empty)\\(")
  (#not-match? @_right "(?i)^(null|true|false|[\"'][^\"']{0,5}[\"']|\\d+)$")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @_right "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?[\"']?\\]?\\)?$")
  (#not-match? @_right "^[\"']")
  (#not-match? @_left "(?i)^(null|true|false|(strlen|count|gettype)\\(.*)$")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @place.authentication "(?i)(^|[\\s.>:_(\\\\])(sign|signature|hmac|hexdigest|digest|hash_hmac|mac)(_\\w+)?\\(")
  (#not-match? @_left "(?i)^(strlen|count|gettype|isset|empty)\\(")
  (#not-match? @_right "(?i)^(null|true|false|\\d+)$")
  (#set! words "sign digest hmac mac"))

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.authentication
  (#any-of? @name "password_verify" "hash_equals" "openssl_verify" "wp_verify_nonce"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments (argument (_) @_value))) @place.authentication
  (#any-of? @name "strcmp" "strcasecmp" "strncmp")
  (#match? @_value "(?i)(passw|secret|token|api_?key|signature|digest|hmac|csrf)"))

; --- configuration ---

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments . (argument [(string) (encapsed_string)] @_header))) @place.configuration
  (#any-of? @name "header")
  (#match? @_header "(?i)^['\"]access-control-allow-(origin:\\s*\\*|credentials:\\s*true)"))

((function_call_expression
  function: [(name) @name (qualified_name . (name) @name .)]
  arguments: (arguments
    . (argument (string (string_content) @_option))
    . (argument (_) @_value))) @place.configuration
  (#any-of? @name "ini_set")
  (#match? @_option "^(display_errors|allow_url_include|session\\.cookie_(secure|httponly)|session\\.use_only_cookies)$"))

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)] arguments: (_) @_arguments) @place.configuration
  (#any-of? @name "setcookie" "setrawcookie" "session_set_cookie_params")
  (#not-match? @_arguments "(?i)secure['\"]?\\s*(:|=>)\\s*true"))

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.configuration
  (#any-of? @name "phpinfo" "extract" "parse_str"))

; --- temporary ---

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.temporary
  (#any-of? @name "tempnam"))

([(string (string_content) @_value) (encapsed_string . (string_content) @_value)] @place.temporary
  (#match? @_value "^/(var/)?tmp/.")
  (#set! words "/tmp/"))

; --- input ---

((variable_name) @place.input
  (#match? @place.input "^\\$_(GET|POST|REQUEST|COOKIE|FILES|SERVER)$|^\\$argv$")
  (#set! words "$_get $_post $_request $_cookie $_files $_server $argv"))

((string (string_content) @_value) @place.input
  (#match? @_value "^php://(input|stdin)$")
  (#set! words "php://"))

((function_call_expression function: [(name) @name (qualified_name . (name) @name .)]) @place.input
  (#any-of? @name "filter_input" "getallheaders" "apache_request_headers"))

((_ object: (_) @_request name: (name) @name) @place.input
  (#match? @_request "(?i)request(->(query|request|cookies|headers))?$")
  (#any-of? @name "get" "input" "query" "post" "getQueryParams" "getParsedBody" "getContent" "all" "file"))
