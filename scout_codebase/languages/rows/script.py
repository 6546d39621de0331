"""The rows of the languages that are run from source, and of what embeds them."""

from __future__ import annotations

from collections.abc import Mapping

from scout_codebase.languages.embedded import every_branch, scripts
from scout_codebase.languages.spec import LanguageSpec, grammar_of

_PYTHON_FIELDS: Mapping[str, tuple[str, ...]] = {
    "attribute": ("object",),
    "call": ("function", "arguments"),
    "keyword_argument": ("value",),
    "lambda": ("body",),
    "pair": ("value",),
}
_JAVASCRIPT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "call_expression": ("function", "arguments"),
    "member_expression": ("object",),
    "pair": ("value",),
}
_JAVASCRIPT_LINKS = (b"import", b"require", b"from", b"listen", b"serve", b"<reference")
_JAVASCRIPT_VARIABLES = frozenset(
    {"identifier", "shorthand_property_identifier", "this", "await_expression"}
)
_JAVASCRIPT_CONSTANTS = frozenset({"path", "path.delimiter", "path.sep", "require", "sql", "url"})
_PYTHON_LINKS = (b"import", b"__name__", b"run(", b"run_app(", b"serve_forever(")
_PYTHON_VARIABLES = frozenset({"identifier"})
_PYTHON_CONSTANTS = frozenset(
    {"bytes", "int", "os.curdir", "os.devnull", "os.path", "os.sep", "pathlib", "pathlib.Path"}
    | {"sa", "str", "text"}
)
_JAVASCRIPT_RESOLVED = (
    "import, export from, require and import() of literals: extensions and indexes, package.json"
    " exports, imports and workspaces, tsconfig paths, sources of built files, type-only imports"
)
_JAVASCRIPT_UNRESOLVED = "computed specifiers, aliases that a bundler's configuration computes"

ROWS = (
    LanguageSpec(
        "elixir",
        "Elixir",
        (".ex", ".exs"),
        interpreters=("elixir",),
        grammar=grammar_of("tree_sitter_elixir"),
        queries=("elixir",),
        resolver="elixir",
        link_words=(),
        resolved="alias, import, use, require and every other use of a module",
        unresolved="modules that macros define or name",
    ),
    LanguageSpec(
        "haskell",
        "Haskell",
        (".hs",),
        grammar=grammar_of("tree_sitter_haskell"),
        queries=("haskell",),
        resolver="haskell",
        recovery_limit=24,
        most_bytes=80_000,
        most_steps=140_000,
        most_steps_a_byte=4,
        link_words=(b"import", b"module"),
        view=every_branch,
        resolved="import of a module with a header, package imports",
        unresolved="modules that are generated, the packages of modules from outside",
    ),
    LanguageSpec(
        "javascript",
        "JavaScript",
        (".cjs", ".js", ".jsx", ".mjs"),
        ("Jakefile",),
        ("bun", "deno", "node", "nodejs"),
        grammar_of("tree_sitter_javascript"),
        ("javascript", "jsx"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
        free_keys=True,
    ),
    LanguageSpec(
        "julia",
        "Julia",
        (".jl",),
        interpreters=("julia",),
        grammar=grammar_of("tree_sitter_julia"),
        queries=("julia",),
        resolver="julia",
        link_words=(b"include", b"using", b"import", b"module"),
        resolved="include of literals and of joinpath of literals, using and import of packages of"
        " the repository and of modules in them, also behind dots",
        unresolved="computed paths, names that a module exports",
    ),
    LanguageSpec(
        "lua",
        "Lua",
        (".lua",),
        interpreters=("lua", "luajit"),
        grammar=grammar_of("tree_sitter_lua"),
        queries=("lua",),
        resolver="lua",
        link_words=(b"require", b"dofile", b"loadfile"),
        resolved="require, dofile and loadfile of literals",
        unresolved="changes of package.path, computed names",
    ),
    LanguageSpec(
        "notebook",
        "Jupyter notebook",
        (".ipynb",),
        (),
        (),
        grammar_of("tree_sitter_python"),
        ("python",),
        "python",
        _PYTHON_LINKS,
        _PYTHON_VARIABLES,
        _PYTHON_FIELDS,
        _PYTHON_CONSTANTS,
        None,
        "the imports of code cells, as in Python",
        "cells of other languages, magics, other notebooks that are run",
        most_steps=850_000,
    ),
    LanguageSpec(
        "php",
        "PHP",
        (".php", ".phtml"),
        interpreters=("php",),
        grammar=grammar_of("tree_sitter_php", "language_php"),
        queries=("php",),
        resolver="php",
        variable_types=frozenset({"variable_name", "dynamic_variable_name"}),
        resolved="use, the names of types and functions, require and include of literal paths and"
        " of paths joined to __DIR__; Composer's PSR-4 and PSR-0 decide between equal names",
        unresolved="names built at run time, constants, types in comments, templates of a"
        " framework, include paths set at run time",
    ),
    LanguageSpec(
        "python",
        "Python",
        (".py", ".pyi", ".pyw"),
        ("SConscript", "SConstruct", "wscript"),
        ("pypy", "python", "pythonw"),
        grammar_of("tree_sitter_python"),
        ("python",),
        "python",
        _PYTHON_LINKS,
        _PYTHON_VARIABLES,
        _PYTHON_FIELDS,
        _PYTHON_CONSTANTS,
        None,
        "import and from in every form: relative, src layouts, namespace packages, several roots,"
        " stubs, inside functions and conditions, import_module with a literal",
        "computed names, changes of sys.path, plugins found by entry points or by name",
        most_steps=850_000,
    ),
    LanguageSpec(
        "ruby",
        "Ruby",
        (".gemspec", ".rake", ".rb", ".ru"),
        ("Gemfile", "Rakefile"),
        ("jruby", "ruby"),
        grammar_of("tree_sitter_ruby"),
        ("ruby",),
        "ruby",
        most_bytes=90_000,
        most_steps=140_000,
        most_steps_a_byte=8,
        resolved="require on the load paths of gems, require_relative, load, autoload, constants of"
        " folders that Zeitwerk loads (Rails, gems)",
        unresolved="computed paths; constants where no autoloading is seen; associations and other"
        " names that Rails derives from strings and symbols; views",
    ),
    LanguageSpec(
        "shell",
        "Shell",
        (".bash", ".sh", ".zsh"),
        (),
        ("bash", "dash", "sh", "zsh"),
        grammar=grammar_of("tree_sitter_bash"),
        queries=("shell",),
        resolver="shell",
        link_words=(b"source", b". "),
        resolved="source and . of literal paths and of paths behind the folder of the script",
        unresolved="other computed paths, scripts that are run",
    ),
    LanguageSpec(
        "svelte",
        "Svelte",
        (".svelte",),
        (),
        (),
        grammar_of("tree_sitter_typescript", "language_typescript"),
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        scripts,
        "the imports of script blocks, as in TypeScript",
        "components that are registered by name, what templates and styles refer to",
        free_keys=True,
    ),
    LanguageSpec(
        "tsx",
        "TSX",
        (".tsx",),
        (),
        (),
        grammar_of("tree_sitter_typescript", "language_tsx"),
        ("javascript", "jsx", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
        free_keys=True,
    ),
    LanguageSpec(
        "typescript",
        "TypeScript",
        (".cts", ".mts", ".ts"),
        (),
        ("ts-node", "tsx"),
        grammar_of("tree_sitter_typescript", "language_typescript"),
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        None,
        _JAVASCRIPT_RESOLVED,
        _JAVASCRIPT_UNRESOLVED,
        free_keys=True,
    ),
    LanguageSpec(
        "vue",
        "Vue",
        (".vue",),
        (),
        (),
        grammar_of("tree_sitter_typescript", "language_typescript"),
        ("javascript", "typescript"),
        "javascript",
        _JAVASCRIPT_LINKS,
        _JAVASCRIPT_VARIABLES,
        _JAVASCRIPT_FIELDS,
        _JAVASCRIPT_CONSTANTS,
        scripts,
        "the imports of script blocks, as in TypeScript, and the src of blocks",
        "components that are registered by name, what templates and styles refer to",
        free_keys=True,
    ),
)
