"""The table of languages, sorted by name: a row a language.

To add one: its row here, its files under ``queries/``, its resolver as a row of ``RESOLVERS``
(``resolvers.py``) if imports lead to files, and fixtures under ``tests/fixtures/graph/``.
"""

from __future__ import annotations

from collections.abc import Mapping

import tree_sitter_bash
import tree_sitter_css
import tree_sitter_elixir
import tree_sitter_haskell
import tree_sitter_hcl
import tree_sitter_html
import tree_sitter_javascript
import tree_sitter_julia
import tree_sitter_lua
import tree_sitter_php
import tree_sitter_python
import tree_sitter_ruby
import tree_sitter_typescript

from scout_codebase.languages.embedded import scripts
from scout_codebase.languages.spec import LanguageSpec

_PYTHON_FIELDS: Mapping[str, tuple[str, ...]] = {
    "attribute": ("object",),
    "call": ("function", "arguments"),
    "keyword_argument": ("value",),
    "lambda": ("body",),
    "pair": ("value",),
}
_PYTHON_LINKS = (b"import", b"__name__", b"run(", b"run_app(", b"serve_forever(")
_PYTHON_VARIABLES = frozenset({"identifier"})
_PYTHON_CONSTANTS = frozenset({"bytes", "int", "os", "pathlib", "sa", "str", "text"})
_JAVASCRIPT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "call_expression": ("function", "arguments"),
    "member_expression": ("object",),
    "pair": ("value",),
}
_JAVASCRIPT_LINKS = (b"import", b"require", b"from", b"listen", b"serve", b"<reference")
_JAVASCRIPT_VARIABLES = frozenset(
    {"identifier", "shorthand_property_identifier", "this", "await_expression"}
)
_JAVASCRIPT_CONSTANTS = frozenset({"path", "require", "sql", "url"})
_JAVASCRIPT_RESOLVED = (
    "import, export from, require and import() of literals: extensions and indexes, package.json"
    " exports, imports and workspaces, tsconfig paths, sources of built files, type-only imports."
)
_JAVASCRIPT_UNRESOLVED = "Computed specifiers, aliases that a bundler's configuration computes."

LANGUAGES: tuple[LanguageSpec, ...] = (
    LanguageSpec("batch", "Batch", (".bat", ".cmd")),
    LanguageSpec("c", "C", (".c", ".h")),
    LanguageSpec("cmake", "CMake", (".cmake",), ("CMakeLists.txt",)),
    LanguageSpec("cpp", "C++", (".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx")),
    LanguageSpec("csharp", "C#", (".cs",)),
    LanguageSpec(
        "css",
        "CSS",
        (".css", ".less", ".scss"),
        grammar=tree_sitter_css.language,
        queries=("css",),
        resolver="web",
        link_words=(b"@import", b"url("),
        resolved="@import and url() of files of the repository.",
        unresolved="Other rules of SCSS and Less, paths that a bundler maps.",
    ),
    LanguageSpec("csv", "CSV", (".csv", ".tsv")),
    LanguageSpec("dart", "Dart", (".dart",)),
    LanguageSpec("dockerfile", "Dockerfile", (".dockerfile",), ("Containerfile", "Dockerfile")),
    LanguageSpec(
        "elixir",
        "Elixir",
        (".ex", ".exs"),
        interpreters=("elixir",),
        grammar=tree_sitter_elixir.language,
        queries=("elixir",),
        resolver="elixir",
        link_words=(),
        resolved="alias, import, use, require and every other use of a module.",
        unresolved="Modules that macros define or name.",
    ),
    LanguageSpec("go", "Go", (".go",)),
    LanguageSpec("gomod", "Go module", file_names=("go.mod", "go.work")),
    LanguageSpec("graphql", "GraphQL", (".gql", ".graphql")),
    LanguageSpec(
        "haskell",
        "Haskell",
        (".hs",),
        grammar=tree_sitter_haskell.language,
        queries=("haskell",),
        resolver="haskell",
        link_words=(b"import", b"module"),
        resolved="import of a module with a header.",
        unresolved="Modules that are generated, the packages of modules from outside.",
    ),
    LanguageSpec(
        "hcl",
        "Terraform",
        (".hcl", ".tf", ".tfvars"),
        grammar=tree_sitter_hcl.language,
        queries=("hcl",),
        resolver="hcl",
        link_words=(b"source", b"file"),
        resolved="Local module sources, files that functions read.",
        unresolved="Registry modules beyond their name, Terragrunt.",
    ),
    LanguageSpec(
        "html",
        "HTML",
        (".htm", ".html", ".xhtml"),
        grammar=tree_sitter_html.language,
        queries=("html",),
        resolver="web",
        link_words=(b"src", b"href", b"data", b"poster", b"action"),
        resolved="src and href that lead to files of the repository.",
        unresolved="Paths of a template engine or a server.",
    ),
    LanguageSpec("ini", "INI", (".cfg", ".conf", ".ini", ".properties"), (".editorconfig",)),
    LanguageSpec("java", "Java", (".java",)),
    LanguageSpec(
        "javascript",
        "JavaScript",
        (".cjs", ".js", ".jsx", ".mjs"),
        ("Jakefile",),
        ("bun", "deno", "node", "nodejs"),
        tree_sitter_javascript.language,
        ("javascript", "jsx"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
    ),
    LanguageSpec("jinja", "Jinja", (".j2", ".jinja", ".jinja2")),
    LanguageSpec("json", "JSON", (".json", ".json5", ".jsonc", ".webmanifest"), (".babelrc",)),
    LanguageSpec(
        "julia",
        "Julia",
        (".jl",),
        interpreters=("julia",),
        grammar=tree_sitter_julia.language,
        queries=("julia",),
        resolver="julia",
        link_words=(b"include", b"using", b"import"),
        resolved="include of literals, using and import of packages of the repository.",
        unresolved="Submodules, computed paths.",
    ),
    LanguageSpec("kotlin", "Kotlin", (".kt", ".kts")),
    LanguageSpec(
        "lua",
        "Lua",
        (".lua",),
        interpreters=("lua", "luajit"),
        grammar=tree_sitter_lua.language,
        queries=("lua",),
        resolver="lua",
        link_words=(b"require", b"dofile", b"loadfile"),
        resolved="require, dofile and loadfile of literals.",
        unresolved="Changes of package.path, computed names.",
    ),
    LanguageSpec("make", "Make", (".mk",), ("GNUmakefile", "Makefile", "makefile")),
    LanguageSpec("markdown", "Markdown", (".markdown", ".md", ".mdx")),
    LanguageSpec(
        "notebook",
        "Jupyter notebook",
        (".ipynb",),
        (),
        (),
        tree_sitter_python.language,
        ("python",),
        "python",
        _PYTHON_LINKS,
        _PYTHON_VARIABLES,
        _PYTHON_FIELDS,
        _PYTHON_CONSTANTS,
        None,
        "The imports of code cells, as in Python.",
        "Cells of other languages, magics, other notebooks that are run.",
    ),
    LanguageSpec("objectivec", "Objective-C", (".m", ".mm")),
    LanguageSpec("perl", "Perl", (".pl", ".pm"), interpreters=("perl",)),
    LanguageSpec(
        "php",
        "PHP",
        (".php", ".phtml"),
        interpreters=("php",),
        grammar=tree_sitter_php.language_php,
        queries=("php",),
        resolver="php",
        resolved="use, the names of types and functions, require and include of literal paths and"
        " of paths joined to __DIR__; Composer's PSR-4 and PSR-0 decide between equal names.",
        unresolved="Names built at run time, constants, types in comments, templates of a"
        " framework, include paths set at run time.",
    ),
    LanguageSpec("powershell", "PowerShell", (".ps1", ".psd1", ".psm1"), interpreters=("pwsh",)),
    LanguageSpec("proto", "Protocol Buffers", (".proto",)),
    LanguageSpec(
        "python",
        "Python",
        (".py", ".pyi", ".pyw"),
        ("SConscript", "SConstruct", "wscript"),
        ("pypy", "python", "pythonw"),
        tree_sitter_python.language,
        ("python",),
        "python",
        _PYTHON_LINKS,
        _PYTHON_VARIABLES,
        _PYTHON_FIELDS,
        _PYTHON_CONSTANTS,
        None,
        "import and from in every form: relative, src layouts, namespace packages, several roots,"
        " stubs, inside functions and conditions, import_module with a literal.",
        "Computed names, changes of sys.path, plugins found by entry points or by name.",
    ),
    LanguageSpec("r", "R", (".r", ".rmd"), interpreters=("Rscript",)),
    LanguageSpec("rst", "reStructuredText", (".rst",)),
    LanguageSpec(
        "ruby",
        "Ruby",
        (".gemspec", ".rake", ".rb", ".ru"),
        ("Gemfile", "Rakefile"),
        ("jruby", "ruby"),
        tree_sitter_ruby.language,
        ("ruby",),
        "ruby",
        resolved="require on the load paths of gems, require_relative, load, autoload, constants of"
        " folders that Zeitwerk loads (Rails, gems).",
        unresolved="Computed paths; constants where no autoloading is seen; associations and other"
        " names that Rails derives from strings and symbols; views.",
    ),
    LanguageSpec("rust", "Rust", (".rs",)),
    LanguageSpec("scala", "Scala", (".sbt", ".sc", ".scala")),
    LanguageSpec(
        "shell",
        "Shell",
        (".bash", ".sh", ".zsh"),
        (),
        ("bash", "dash", "sh", "zsh"),
        grammar=tree_sitter_bash.language,
        queries=("shell",),
        resolver="shell",
        link_words=(b"source", b". "),
        resolved="source and . of literal paths and of paths behind the folder of the script.",
        unresolved="Other computed paths, scripts that are run.",
    ),
    LanguageSpec("sql", "SQL", (".sql",)),
    LanguageSpec(
        "svelte",
        "Svelte",
        (".svelte",),
        (),
        (),
        tree_sitter_typescript.language_typescript,
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        scripts,
        "The imports of script blocks, as in TypeScript.",
        "Components that are registered by name, what templates and styles refer to.",
    ),
    LanguageSpec("swift", "Swift", (".swift",)),
    LanguageSpec("text", "plain text", (".txt",), ("AUTHORS", "COPYING", "LICENSE", "NOTICE")),
    LanguageSpec("toml", "TOML", (".toml",)),
    LanguageSpec(
        "tsx",
        "TSX",
        (".tsx",),
        (),
        (),
        tree_sitter_typescript.language_tsx,
        ("javascript", "jsx", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
    ),
    LanguageSpec(
        "typescript",
        "TypeScript",
        (".cts", ".mts", ".ts"),
        (),
        ("ts-node", "tsx"),
        tree_sitter_typescript.language_typescript,
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
    ),
    LanguageSpec(
        "vue",
        "Vue",
        (".vue",),
        (),
        (),
        tree_sitter_typescript.language_typescript,
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        scripts,
        "The imports of script blocks, as in TypeScript.",
        "Components that are registered by name, what templates and styles refer to.",
    ),
    LanguageSpec("xml", "XML", (".plist", ".svg", ".xml", ".xsd", ".xsl", ".xslt")),
    LanguageSpec("yaml", "YAML", (".yaml", ".yml"), (".clang-format",)),
    LanguageSpec("zig", "Zig", (".zig",)),
)

BY_NAME: Mapping[str, LanguageSpec] = {spec.name: spec for spec in LANGUAGES}
