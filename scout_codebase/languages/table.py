"""The table of languages, sorted by name: a row a language.

To add one: its row here, its files under ``queries/``, its resolver as a row of ``RESOLVERS``
(``resolvers.py``) if imports lead to files, and fixtures under ``tests/fixtures/graph/``.
"""

from __future__ import annotations

from collections.abc import Mapping

import tree_sitter_javascript
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
    LanguageSpec("css", "CSS", (".css", ".less", ".scss")),
    LanguageSpec("csv", "CSV", (".csv", ".tsv")),
    LanguageSpec("dart", "Dart", (".dart",)),
    LanguageSpec("dockerfile", "Dockerfile", (".dockerfile",), ("Containerfile", "Dockerfile")),
    LanguageSpec("elixir", "Elixir", (".ex", ".exs"), interpreters=("elixir",)),
    LanguageSpec("go", "Go", (".go",)),
    LanguageSpec("gomod", "Go module", file_names=("go.mod", "go.work")),
    LanguageSpec("graphql", "GraphQL", (".gql", ".graphql")),
    LanguageSpec("haskell", "Haskell", (".hs",)),
    LanguageSpec("hcl", "Terraform", (".hcl", ".tf", ".tfvars")),
    LanguageSpec("html", "HTML", (".htm", ".html", ".xhtml")),
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
    LanguageSpec("julia", "Julia", (".jl",), interpreters=("julia",)),
    LanguageSpec("kotlin", "Kotlin", (".kt", ".kts")),
    LanguageSpec("lua", "Lua", (".lua",), interpreters=("lua", "luajit")),
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
    LanguageSpec("shell", "Shell", (".bash", ".sh", ".zsh"), (), ("bash", "dash", "sh", "zsh")),
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
