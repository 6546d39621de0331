; --- command ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (_) @computed) @value) @place.command
  (#any-of? @name
    "execSync" "execFile" "execFileSync" "spawnSync" "spawn" "execa" "execaSync" "execaCommand"
    "fork"))

((call_expression
  function: (identifier) @name
  arguments: (arguments . (_) @computed)) @place.command
  (#any-of? @name "exec"))

((call_expression
  function: (member_expression object: (_) @_object property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.command
  (#match? @_object "^(child_process|childProcess|cp|shell|shelljs|util|ssh|conn|require\\(.(node:)?child_process.\\))$")
  (#any-of? @name "exec"))

; --- code ---

((call_expression
  function: (identifier) @name
  arguments: (arguments . (_) @computed)) @place.code
  (#any-of? @name "eval" "Function"))

((new_expression
  constructor: (identifier) @name
  arguments: (arguments (_) @computed)) @place.code
  (#any-of? @name "Function"))

((new_expression
  constructor: (member_expression object: (identifier) @_vm property: (property_identifier) @name)) @place.code
  (#eq? @_vm "vm")
  (#any-of? @name "Script"))

((call_expression
  function: (member_expression object: (identifier) @_vm property: (property_identifier) @name)) @place.code
  (#eq? @_vm "vm")
  (#any-of? @name "runInContext" "runInNewContext" "runInThisContext" "compileFunction"))

((call_expression
  function: (identifier) @name
  arguments: (arguments . [(template_string (template_substitution)) (string) (binary_expression)])) @place.code
  (#any-of? @name "setTimeout" "setInterval"))

((call_expression
  function: (identifier) @name
  arguments: (arguments . (_) @computed)) @place.code
  (#any-of? @name "require"))

((call_expression
  function: (import) @name
  arguments: (arguments . (_) @computed)) @place.code
  (#any-of? @name "import"))

; --- sql ---

((call_expression
  function: (member_expression object: (_) @_object property: (property_identifier) @name)
  arguments: (arguments . [
    (template_string (template_substitution))
    (binary_expression)
    (call_expression)
  ] @computed)) @place.sql
  (#not-eq? @_object "Promise")
  (#any-of? @name
    "query" "execute" "raw" "unsafe" "$queryRawUnsafe" "$executeRawUnsafe" "whereRaw" "orderByRaw"
    "havingRaw" "joinRaw" "selectRaw" "literal" "prepare" "run" "all")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where|order by|create|alter|from)\\b"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.sql
  (#any-of? @name "query" "execute" "raw" "all" "run" "prepare")
  (#match? @computed "(?i)^\\w*(sql|query|stmt|statement)\\w*$"))

((call_expression
  function: (member_expression object: (_) @_object property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.sql
  (#not-match? @_object "^(express|bodyParser|String)$")
  (#any-of? @name "raw" "$queryRawUnsafe" "$executeRawUnsafe" "whereRaw" "orderByRaw" "havingRaw"))

; A statement put together from parts, wherever it goes.
([
  (template_string . (string_fragment) @_start (template_substitution))
  (binary_expression left: (string (string_fragment) @_start) operator: "+")
] @place.sql
  (#match? @_start "(?i)^\\s*(select|insert|update|delete|drop|alter|create)\\s")
  (#match? @place.sql "(?is)(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s|(drop|alter|create)\\s+(table|database|user|index)\\s)")
  (#set! words "select insert update delete drop alter create"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (object (pair key: (property_identifier) @_where value: (_) @computed)))) @place.sql
  (#any-of? @name "$where")
  (#eq? @_where "$where"))

((pair key: (property_identifier) @name value: (_) @computed) @place.sql
  (#any-of? @name "$where"))

; --- deserialisation ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (_) @computed)) @place.deserialisation
  (#any-of? @name "unserialize" "deserialize"))

((call_expression
  function: (member_expression object: (identifier) @_yaml property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.deserialisation
  (#match? @_yaml "(?i)^(js_?)?yaml$")
  (#any-of? @name "load" "loadAll"))

((call_expression
  function: (member_expression object: (identifier) @_v8 property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.deserialisation
  (#eq? @_v8 "v8")
  (#any-of? @name "deserialize"))

; --- path ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (_) @computed)) @place.path
  (#any-of? @name
    "readFile" "readFileSync" "createReadStream" "createWriteStream" "writeFile" "writeFileSync"
    "appendFile" "appendFileSync" "unlink" "unlinkSync" "rmSync" "rmdir" "rmdirSync" "readdir"
    "readdirSync" "rename" "renameSync" "copyFile" "copyFileSync" "mkdirSync" "openSync" "sendFile"
    "sendfile" "download" "symlinkSync" "chmodSync" "truncateSync"))

((call_expression
  function: (member_expression object: (identifier) @_path property: (property_identifier) @name)
  arguments: (arguments . (_) (_) @computed)) @place.path
  (#eq? @_path "path")
  (#any-of? @name "join" "resolve"))

((call_expression
  function: (member_expression property: (property_identifier) @name)) @place.path
  (#any-of? @name "extractAllTo" "extractAllToAsync" "extractEntryTo"))

((call_expression
  function: (member_expression object: (_) @_module property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.path
  (#match? @_module "^(fs|fsp|fsPromises|fs\\.promises|tar|unzipper|Bun|Deno)$")
  (#any-of? @name "open" "rm" "mkdir" "stat" "access" "extract" "x" "Extract" "file" "readTextFile"))

; --- request ---

((call_expression
  function: (identifier) @name
  arguments: (arguments . (_) @computed)) @place.request
  (#not-match? @computed "^(this\\.)?(app|server|api|instance)(\\.\\w+\\(\\))?$|^(createApp|createServer|http\\.createServer)\\(")
  (#any-of? @name "fetch" "axios" "got" "request" "needle" "superagent" "$fetch" "ky"))

((call_expression
  function: (member_expression object: (_) @_client property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.request
  (#match? @_client "^(axios|got|ky|needle|superagent|request|https?|undici|\\$|jQuery|this\\.(http|axios|client))$")
  (#any-of? @name "get" "post" "put" "patch" "delete" "head" "request" "fetch" "ajax" "getJSON"))

((new_expression
  constructor: (identifier) @name
  arguments: (arguments . (_) @computed)) @place.request
  (#any-of? @name "WebSocket" "EventSource"))

; --- html ---

((assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: (_) @computed) @place.html
  (#any-of? @name "innerHTML" "outerHTML" "srcdoc"))

((augmented_assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: (_) @computed) @place.html
  (#any-of? @name "innerHTML" "outerHTML"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments (_) @computed)) @place.html
  (#any-of? @name "insertAdjacentHTML" "createContextualFragment" "bypassSecurityTrustHtml" "setHTMLUnsafe"))

((call_expression
  function: (member_expression object: (_) @_document property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.html
  (#match? @_document "^(window\\.)?document$")
  (#any-of? @name "write" "writeln"))

((call_expression
  function: (member_expression object: (_) @_response property: (property_identifier) @name)
  arguments: (arguments . [(template_string) (binary_expression)] @computed)) @place.html
  (#match? @_response "^(res|response|reply|ctx)(\\.|$)")
  (#any-of? @name "send" "end" "write" "html"))

((call_expression
  function: (member_expression object: (_) @_response property: (property_identifier) @name)
  arguments: (arguments . [
    (identifier)
    (member_expression)
    (subscript_expression)
  ] @computed)) @place.html
  (#match? @_response "^(res|response|reply)(\\.status\\(\\d+\\))?$")
  (#match? @computed "(?i)^(req|request)\\b|html|markup")
  (#any-of? @name "send" "end" "write" "html"))

((call_expression
  function: (member_expression object: (_) @_node property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.html
  (#match? @_node "^(\\$|jQuery)|^\\$\\w+$")
  (#any-of? @name "html" "append" "prepend" "after" "before"))

((return_statement [
    (template_string . (string_fragment) @_html (template_substitution))
    (binary_expression left: (string (string_fragment) @_html))
  ]) @place.html
  (#match? @_html "^\\s*<(!DOCTYPE|!doctype|html|head|body|div|p|h[1-6]|a|ul|ol|li|table|tr|td|th|span|script|style|b|i|em|strong|img|form|input|button|select|svg|br|title|section|article|main|nav|pre|code|iframe|label)[\\s>/]")
  (#set! words "</ <br <img <input <!doctype <p> <div <h1 <h2 <li <td <span"))

((pair key: (property_identifier) @name value: (_) @computed) @place.html
  (#any-of? @name "__html" "innerHTML"))

; --- redirect ---

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments (_) @computed)) @place.redirect
  (#any-of? @name "redirect"))

((assignment_expression
  left: (_) @_location
  right: (_) @computed) @place.redirect
  (#match? @_location "(^|\\.)location(\\.href)?$")
  (#not-match? @computed "^(async\\s)?function\\b|=>")
  (#set! words "location"))

((call_expression
  function: (member_expression object: (_) @_location property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.redirect
  (#match? @_location "(^|\\.)location$")
  (#any-of? @name "assign" "replace"))

((call_expression
  function: (member_expression object: (identifier) @_window property: (property_identifier) @name)
  arguments: (arguments . (_) @computed)) @place.redirect
  (#eq? @_window "window")
  (#any-of? @name "open"))

; --- xml ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (_) @computed)) @place.xml
  (#any-of? @name "parseXml" "parseXmlString" "parseXMLString" "parseFromString" "parseXML"))

((new_expression constructor: [(identifier) @name (member_expression property: (property_identifier) @name)]) @place.xml
  (#any-of? @name "DOMParser" "SaxParser"))

((pair key: (property_identifier) @name value: (true)) @place.xml
  (#any-of? @name "noent" "resolveExternals" "processEntities"))

; --- crypto ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (string (string_fragment) @_algorithm))) @place.crypto
  (#any-of? @name
    "createHash" "createHmac" "createCipheriv" "createDecipheriv" "createCipher" "createDecipher")
  (#match? @_algorithm "(?i)^(md[245]|sha-?1|rsa-sha1|des.*|rc[24].*|bf.*|.*-ecb)$"))

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]) @place.crypto
  (#any-of? @name "createCipher" "createDecipher" "md5" "sha1" "MD5" "SHA1"))

((call_expression
  function: (member_expression object: (identifier) @_math property: (property_identifier) @name)) @place.crypto
  (#eq? @_math "Math")
  (#any-of? @name "random"))

((member_expression object: (_) @_mode property: (property_identifier) @name) @place.crypto
  (#match? @_mode "(^|\\.)mode$")
  (#any-of? @name "ECB"))

((call_expression
  function: (member_expression property: (property_identifier) @name)) @place.crypto
  (#any-of? @name "pseudoRandomBytes"))

; --- secret ---

((variable_declarator
  name: (identifier) @_name
  value: [(string . (string_fragment) @secret .) (template_string . (string_fragment) @secret .)]) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key|signing_?key|credential)s?(_?(key|value|hash|salt))?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey signing_key signingkey credential"))

((assignment_expression
  left: [(identifier) @_name (member_expression property: (property_identifier) @_name)]
  right: (string . (string_fragment) @secret .)) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)s?(_?key)?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

((pair
  key: [(property_identifier) @_name (string (string_fragment) @_name)]
  value: (string . (string_fragment) @secret .)) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)s?(_?key)?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

((call_expression
  function: (member_expression object: (identifier) @_jwt property: (property_identifier) @name)
  arguments: (arguments . (_) . (string (string_fragment) @secret))) @place.secret
  (#match? @_jwt "(?i)^(jwt|jsonwebtoken|jose)$")
  (#any-of? @name "sign" "verify"))

((binary_expression
  left: (member_expression property: (property_identifier) @_name)
  operator: ["||" "??"]
  right: (string . (string_fragment) @secret .)) @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key)s?(_?key)?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey"))

((string (string_fragment) @_value) @place.secret
  (#match? @_value "^(AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_\\w{40,}|sk-[A-Za-z0-9_-]{20,}|sk_live_\\w{16,}|xox[abp]-[\\w-]{10,}|AIza[\\w-]{35}|glpat-[\\w-]{20})|-----BEGIN [A-Z ]*PRIVATE KEY|MASKED_[A-Z0-9_]+_[0-9]")
  (#set! words "masked_ akia ghp_ github_pat_ sk- sk_live_ xoxa- xoxb- xoxp- aiza glpat- private"))

; --- tls ---

((pair key: (property_identifier) @name value: (false)) @place.tls
  (#any-of? @name "rejectUnauthorized" "strictSSL" "checkServerIdentity"))

((assignment_expression left: (_) @_variable right: (_)) @place.tls
  (#match? @_variable "NODE_TLS_REJECT_UNAUTHORIZED")
  (#set! words "node_tls_reject_unauthorized"))

((pair key: (property_identifier) @name value: (string (string_fragment) @_version)) @place.tls
  (#any-of? @name "secureProtocol" "minVersion")
  (#match? @_version "SSLv|TLSv1(\\.[01])?(_|$)"))

; --- authentication ---

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @_left "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?([\"']\\])?$")
  (#not-match? @_left "^typeof|\\.(length|type|kind)$")
  (#not-match? @_right "^(null|undefined|true|false|[\"'`][^\"'`]{0,5}[\"'`]|\\d+)$")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @_right "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?([\"']\\])?$")
  (#not-match? @_left "^typeof|\\.(length|type|kind)$|^(null|undefined|true|false)$")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "===" "!=" "!=="]
  right: (_) @_right) @place.authentication
  (#match? @place.authentication "(?i)(^|[\\s.>:_(\\\\])(sign|signature|hmac|hexdigest|digest|hash_hmac|mac)(_\\w+)?\\(")
  (#not-match? @_left "^typeof\\b")
  (#not-match? @_right "^(null|true|false|undefined|\\d+)$")
  (#set! words "sign digest hmac mac"))

((call_expression
  function: (member_expression object: (identifier) @_jwt property: (property_identifier) @name)) @place.authentication
  (#match? @_jwt "(?i)^(jwt|jsonwebtoken|jose)$")
  (#any-of? @name "decode" "verify" "unsecuredJWT"))

((call_expression
  function: (identifier) @name) @place.authentication
  (#any-of? @name "jwt_decode" "jwtDecode" "decodeJwt"))

((pair key: (property_identifier) @name value: (_) @_algorithms) @place.authentication
  (#any-of? @name "algorithms" "algorithm")
  (#match? @_algorithms "(?i)[\"']none[\"']"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (string (string_fragment) @_route))) @place.authentication
  (#any-of? @name "get" "post" "put" "delete" "patch" "all" "use" "route")
  (#match? @_route "(?i)^/.*(log-?in|sign-?in|log-?out|register|sign-?up|password|token|auth|admin|session)"))

((call_expression
  function: (member_expression object: (_) @_module property: (property_identifier) @name)) @place.authentication
  (#match? @_module "^(bcrypt(js)?|argon2|passport|crypto)$")
  (#any-of? @name "compare" "compareSync" "authenticate" "timingSafeEqual"))

; --- configuration ---

((call_expression
  function: (identifier) @name
  arguments: (arguments) @_arguments) @place.configuration
  (#any-of? @name "cors")
  (#match? @_arguments "^\\(\\s*\\)$|origin:\\s*(true|[\"']\\*[\"'])|credentials:\\s*true"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (string (string_fragment) @_header) . (_) @_value)) @place.configuration
  (#any-of? @name "setHeader" "header" "set" "append")
  (#match? @_header "(?i)^access-control-allow-(origin|credentials)$"))

((pair key: (property_identifier) @name value: (false)) @place.configuration
  (#any-of? @name
    "httpOnly" "secure" "contentSecurityPolicy" "webSecurity" "contextIsolation" "sandbox"
    "csrfProtection"))

((pair key: (property_identifier) @name value: (true)) @place.configuration
  (#any-of? @name "nodeIntegration" "allowRunningInsecureContent" "dangerouslyDisableHostCheck"))

((call_expression
  function: (member_expression object: (_) @_response property: (property_identifier) @name)
  arguments: (arguments) @_arguments) @place.configuration
  (#match? @_response "^(res|response|reply|ctx\\.cookies)(\\.|$)")
  (#any-of? @name "cookie" "setCookie")
  (#not-match? @_arguments "secure:\\s*true"))

((string (string_fragment) @_value) @place.configuration
  (#match? @_value "^(0\\.0\\.0\\.0|::)$")
  (#set! words "0.0.0.0 '::' \"::\""))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments (_) (string (string_fragment) @_target))) @place.configuration
  (#any-of? @name "postMessage")
  (#eq? @_target "*"))

; --- temporary ---

((call_expression
  function: [(identifier) @name (member_expression property: (property_identifier) @name)]) @place.temporary
  (#any-of? @name "tmpNameSync" "mktempSync" "tmpName"))

([(string . (string_fragment) @_value) (template_string . (string_fragment) @_value)] @place.temporary
  (#match? @_value "^/(var/)?tmp/")
  (#set! words "/tmp/"))

; --- input ---

((member_expression object: (identifier) @_request property: (property_identifier) @name) @place.input
  (#match? @_request "^(req|request|ctx|event)$")
  (#any-of? @name
    "query" "params" "body" "headers" "cookies" "files" "file" "url" "originalUrl" "param"
    "queryStringParameters" "pathParameters" "rawBody" "hostname" "signedCookies"))

((member_expression object: (identifier) @_process property: (property_identifier) @name) @place.input
  (#match? @_process "^(process|Deno|Bun)$")
  (#any-of? @name "argv" "stdin" "args"))

((member_expression object: (_) @_location property: (property_identifier) @name) @place.input
  (#match? @_location "(^|\\.)(location|document|window)$")
  (#any-of? @name "search" "hash" "referrer" "cookie"))

((new_expression constructor: (identifier) @name arguments: (arguments . (_) @computed)) @place.input
  (#any-of? @name "URLSearchParams"))

((call_expression
  function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (string (string_fragment) @_event))) @place.input
  (#any-of? @name "on" "once" "addEventListener")
  (#eq? @_event "message"))
