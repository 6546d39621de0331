; --- command ---

((call_expression
  function: (selector_expression operand: (identifier) @_exec field: (field_identifier) @name)
  arguments: (argument_list (interpreted_string_literal) @_program (_) @computed)) @place.command
  (#eq? @_exec "exec")
  ; a fixed program with a list of arguments is what one should write
  (#match? @_program "(?i)^\"(/\\w+/|/usr/bin/)?((ba|da|z|k)?sh|cmd(\\.exe)?|powershell(\\.exe)?|pwsh|env|ssh|xargs|python3?|perl|node)\"$")
  (#any-of? @name "Command" "CommandContext"))

((call_expression
  function: (selector_expression operand: (identifier) @_exec field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed) @value) @place.command
  (#eq? @_exec "exec")
  (#any-of? @name "Command"))

((call_expression
  function: (selector_expression operand: (identifier) @_exec field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed) @value) @place.command
  (#eq? @_exec "exec")
  (#any-of? @name "CommandContext"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.command
  (#match? @_module "^(os|syscall)$")
  (#any-of? @name "StartProcess" "Exec" "ForkExec"))

; --- code ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.code
  (#match? @_module "^(plugin|vm|otto|goja|lua|L|interp|expr|yaegi)$")
  (#any-of? @name "Open" "Run" "RunString" "DoString" "Eval" "RunScript" "Compile"))

; --- sql ---

((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.sql
  (#any-of? @name
    "Query" "QueryRow" "Exec" "Prepare" "Raw" "MustExec" "Queryx" "QueryRowx" "NamedExec"
    "NamedQuery")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where)\\b|^\\w*(sql|query|stmt|statement)\\w*$"))

((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed)) @place.sql
  (#any-of? @name "QueryContext" "QueryRowContext" "ExecContext" "PrepareContext" "Get" "Select")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where)\\b|^\\w*(sql|query|stmt|statement)\\w*$"))

((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) . (_) @computed)) @place.sql
  (#any-of? @name "GetContext" "SelectContext")
  (#match? @computed "(?is)\\b(select|insert|update|delete|drop|where)\\b|^\\w*(sql|query|stmt|statement)\\w*$"))

; A statement put together from parts, wherever it goes.
((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list . [
    (interpreted_string_literal (interpreted_string_literal_content) @_start)
    (raw_string_literal (raw_string_literal_content) @_start)
  ] . (_) @computed)) @place.sql
  (#any-of? @name "Sprintf")
  (#match? @_start "(?is)^\\s*(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s|(drop|alter|create)\\s+(table|database|user|index)\\s)"))

((binary_expression
  left: [
    (interpreted_string_literal (interpreted_string_literal_content) @_start)
    (raw_string_literal (raw_string_literal_content) @_start)
  ]
  operator: "+"
  right: (_) @computed) @place.sql
  (#match? @_start "(?is)^\\s*(select\\b.*\\sfrom\\s|insert\\s+into\\s|update\\b.*\\sset\\s|delete\\s+from\\s|(drop|alter|create)\\s+(table|database|user|index)\\s)")
  (#set! words "select insert update delete drop alter create"))

; --- deserialisation ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.deserialisation
  (#eq? @_module "gob")
  (#any-of? @name "NewDecoder"))

; --- path ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.path
  (#match? @_module "^(os|ioutil|afero|fs)$")
  (#any-of? @name
    "Open" "OpenFile" "Create" "ReadFile" "WriteFile" "Remove" "RemoveAll" "Rename" "Mkdir"
    "MkdirAll" "ReadDir" "Chmod" "Chown" "Symlink" "Link" "Truncate"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed)) @place.path
  (#match? @_module "^(os|afero|fs)$")
  (#any-of? @name "Rename" "Symlink" "Link"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) . (_) @computed)) @place.path
  (#eq? @_module "http")
  (#any-of? @name "ServeFile"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.path
  (#match? @_module "^(zip|c|ctx)$")
  (#any-of? @name "OpenReader" "SendFile" "File"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed)) @place.path
  (#match? @_module "^(c|ctx)$")
  (#any-of? @name "SaveUploadedFile"))

; --- request ---

((call_expression
  function: (selector_expression operand: (_) @_client field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.request
  (#match? @_client "(?i)(^http|client|transport|upstream|remote)$|\\.Client$")
  (#any-of? @name "Get" "Post" "PostForm" "Head"))

((call_expression
  function: (selector_expression operand: (_) @receiver field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.request
  (#any-of? @name "Get" "Post" "PostForm" "Head")
  (#set! type "http.Client"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed)) @place.request
  (#eq? @_module "http")
  (#any-of? @name "NewRequest"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) . (_) @computed)) @place.request
  (#eq? @_module "http")
  (#any-of? @name "NewRequestWithContext"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) @computed)) @place.request
  (#match? @_module "^(net|tls)$")
  (#any-of? @name "Dial" "DialTimeout"))

; --- html ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) @computed)) @place.html
  (#eq? @_module "template")
  (#any-of? @name "HTML" "JS" "HTMLAttr" "CSS" "URL" "JSStr"))

((type_conversion_expression
  type: (qualified_type package: (package_identifier) @_module name: (type_identifier) @name)
  operand: (_) @computed) @place.html
  (#eq? @_module "template")
  (#any-of? @name "HTML" "JS" "HTMLAttr" "CSS" "URL" "JSStr"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list
    [(interpreted_string_literal) (raw_string_literal) (binary_expression)] @_html
    (_) @computed)) @place.html
  (#eq? @_module "fmt")
  (#any-of? @name "Fprintf" "Sprintf" "Fprint" "Fprintln")
  (#match? @_html "^[\"`]\\s*<(!DOCTYPE|!doctype|html|head|body|div|p|h[1-6]|a|ul|ol|li|table|tr|td|th|span|script|style|b|i|em|strong|img|form|input|button|select|svg|br|title|section|article|main|nav|pre|code|iframe|label)[\\s>/]"))

([
  (binary_expression left: (interpreted_string_literal) @_html right: (_) @computed)
  (binary_expression left: (raw_string_literal) @_html right: (_) @computed)
] @place.html
  (#match? @_html "^[\"`]\\s*<(!DOCTYPE|!doctype|html|head|body|div|p|h[1-6]|a|ul|ol|li|table|tr|td|th|span|script|style|img|form|title|section|article|main)[\\s>/]")
  (#set! words "</ <br <img <input <!doctype <p> <div <h1 <h2 <li <td <span"))

; --- redirect ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (_) . (_) . (_) @computed)) @place.redirect
  (#eq? @_module "http")
  (#any-of? @name "Redirect"))

((call_expression
  function: (selector_expression operand: (identifier) @_context field: (field_identifier) @name)
  arguments: (argument_list (_) @computed)) @place.redirect
  (#match? @_context "^(c|ctx|context)$")
  (#any-of? @name "Redirect"))

; --- crypto ---

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)) @place.crypto
  (#match? @_module "^(md5|sha1|des|rc4|md4|blowfish)$")
  (#any-of? @name "New" "Sum" "NewCipher" "NewTripleDESCipher"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)) @place.crypto
  (#match? @_module "^m?rand$")
  (#any-of? @name
    "Int" "Intn" "IntN" "Int31" "Int31n" "Int63" "Int63n" "Uint32" "Uint64" "Float64" "Perm"
    "Shuffle"))

((call_expression
  function: (selector_expression field: (field_identifier) @name)) @place.crypto
  (#any-of? @name "NewECBEncrypter" "NewECBDecrypter"))

; --- secret ---

([
  (short_var_declaration
    left: (expression_list . (identifier) @_name)
    right: (expression_list . (interpreted_string_literal (interpreted_string_literal_content) @secret)))
  (assignment_statement
    left: (expression_list . [
      (identifier) @_name
      (selector_expression field: (field_identifier) @_name)
    ])
    right: (expression_list . (interpreted_string_literal (interpreted_string_literal_content) @secret)))
  (var_spec
    name: (identifier) @_name
    value: (expression_list . (interpreted_string_literal (interpreted_string_literal_content) @secret)))
  (const_spec
    name: (identifier) @_name
    value: (expression_list . (interpreted_string_literal (interpreted_string_literal_content) @secret)))
  (keyed_element
    key: (literal_element (identifier) @_name)
    value: (literal_element (interpreted_string_literal (interpreted_string_literal_content) @secret)))
] @place.secret
  (#match? @_name "(?i)(passw(or)?d|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key|signing_?key|credential)s?(_?(key|value|hash|salt))?$")
  (#set! words "passw pwd secret token api_key apikey access_key accesskey private_key privatekey auth_key authkey signing_key signingkey credential"))

([(interpreted_string_literal) (raw_string_literal)] @place.secret
  (#match? @place.secret "^[\"`](AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_\\w{40,}|sk-[A-Za-z0-9_-]{20,}|sk_live_\\w{16,}|xox[abp]-[\\w-]{10,}|AIza[\\w-]{35}|glpat-[\\w-]{20})|-----BEGIN [A-Z ]*PRIVATE KEY|MASKED_[A-Z0-9_]+_[0-9]")
  (#set! words "masked_ akia ghp_ github_pat_ sk- sk_live_ xoxa- xoxb- xoxp- aiza glpat- private"))

; --- tls ---

((keyed_element
  key: (literal_element (identifier) @name)
  value: (literal_element (true))) @place.tls
  (#any-of? @name "InsecureSkipVerify"))

((assignment_statement
  left: (expression_list (selector_expression field: (field_identifier) @name))
  right: (expression_list (true))) @place.tls
  (#any-of? @name "InsecureSkipVerify"))

((selector_expression field: (field_identifier) @name) @place.tls
  (#any-of? @name
    "InsecureIgnoreHostKey" "VersionSSL30" "VersionTLS10" "VersionTLS11" "WithInsecure"))

; --- authentication ---

((binary_expression
  left: (_) @_left
  operator: ["==" "!="]
  right: (_) @_right) @place.authentication
  (#match? @_left "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?\"?\\]?\\)?$")
  (#not-match? @_left "^len\\(")
  (#not-match? @_right "^(nil|true|false|[\"`][^\"`]{0,5}[\"`]|\\d+|token\\.\\w+)$")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "!="]
  right: (_) @_right) @place.authentication
  (#match? @_right "(?i)(passw(or)?d|passwd|secret|token|api_?key|signature|digest|hmac|csrf)(_?(hash|value|key|digest))?\"?\\]?\\)?$")
  (#not-match? @_right "^[\"`]")
  (#not-match? @_left "^len\\(")
  (#set! words "passw secret token api_key apikey signature digest hmac csrf"))

((binary_expression
  left: (_) @_left
  operator: ["==" "!="]
  right: (_) @_right) @place.authentication
  (#match? @place.authentication "(?i)(^|[\\s.>:_(\\\\])(sign|signature|hmac|hexdigest|digest|hash_hmac|mac)(_\\w+)?\\(")
  (#not-match? @_left "^len\\(")
  (#not-match? @_right "^(nil|true|false|\\d+)$")
  (#set! words "sign digest hmac mac"))

((call_expression
  function: (selector_expression operand: (_) @_module field: (field_identifier) @name)) @place.authentication
  (#match? @_module "^(hmac|subtle|bcrypt|argon2|jwt|parser)$")
  (#any-of? @name
    "Equal" "ConstantTimeCompare" "CompareHashAndPassword" "ParseUnverified" "ParseWithClaims"))

((call_expression
  function: (selector_expression operand: (_) @_module field: (field_identifier) @name)) @place.authentication
  (#match? @_module "^jwt$")
  (#any-of? @name "Parse"))

; --- configuration ---

((keyed_element
  key: (literal_element (identifier) @name)
  value: (literal_element (false))) @place.configuration
  (#any-of? @name "Secure" "HttpOnly" "HTTPOnly"))

((keyed_element
  key: (literal_element (identifier) @name)
  value: (literal_element (true))) @place.configuration
  (#any-of? @name "AllowAllOrigins" "AllowCredentials" "Debug"))

((keyed_element
  key: (literal_element (identifier) @name)
  value: (literal_element (composite_literal) @_value)) @place.configuration
  (#any-of? @name "AllowedOrigins" "AllowOrigins")
  (#match? @_value "\"\\*\""))

((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list
    . (interpreted_string_literal (interpreted_string_literal_content) @_header)
    . (_) @_value)) @place.configuration
  (#any-of? @name "Set" "Add")
  (#match? @_header "(?i)^access-control-allow-(origin|credentials)$"))

((interpreted_string_literal (interpreted_string_literal_content) @_value) @place.configuration
  (#match? @_value "^(0\\.0\\.0\\.0|\\[::\\])(:\\d+)?$")
  (#set! words "0.0.0.0 [::]"))

; --- temporary ---

([
  (interpreted_string_literal (interpreted_string_literal_content) @_value)
  (raw_string_literal (raw_string_literal_content) @_value)
] @place.temporary
  (#match? @_value "^/(var/)?tmp/.")
  (#set! words "/tmp/"))

((call_expression
  function: (selector_expression operand: (call_expression) @_folder field: (field_identifier) @name)) @place.temporary
  (#match? @_folder "^os\\.TempDir\\(")
  (#any-of? @name "TempDir"))

((call_expression
  function: (selector_expression operand: (identifier) @_module field: (field_identifier) @name)
  arguments: (argument_list . (call_expression) @_folder . (_))) @place.temporary
  (#match? @_module "^(filepath|path)$")
  (#match? @_folder "^os\\.TempDir\\(")
  (#any-of? @name "Join"))

; --- input ---

((call_expression
  function: (selector_expression field: (field_identifier) @name)) @place.input
  (#any-of? @name
    "FormValue" "PostFormValue" "PathValue" "FormFile" "Cookie" "ShouldBindJSON" "BindJSON"
    "BodyParser" "QueryParam" "DefaultQuery" "PostForm" "MultipartReader"))

((selector_expression operand: (_) @_request field: (field_identifier) @name) @place.input
  (#match? @_request "^(r|req|request|c\\.Request)$")
  (#any-of? @name "Body" "Form" "Header" "URL" "RequestURI" "Host" "Referer" "UserAgent"))

((selector_expression operand: (identifier) @_os field: (field_identifier) @name) @place.input
  (#eq? @_os "os")
  (#any-of? @name "Args" "Stdin"))

((call_expression
  function: (selector_expression operand: (identifier) @_flag field: (field_identifier) @name)) @place.input
  (#eq? @_flag "flag")
  (#any-of? @name "Arg" "Args" "String" "StringVar" "Parse"))
