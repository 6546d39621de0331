"""The table of languages, sorted by name: a row a language.

To add one: its row here, its files under ``queries/``, its resolver as a row of ``RESOLVERS``
(``resolvers.py``) if imports lead to files, and fixtures under ``tests/fixtures/graph/``.
"""

from __future__ import annotations

from collections.abc import Mapping

import tree_sitter_c
import tree_sitter_c_sharp
import tree_sitter_cpp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_kotlin
import tree_sitter_objc
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_scala
import tree_sitter_swift
import tree_sitter_typescript
import tree_sitter_zig

from scout_codebase.languages.spec import LanguageSpec

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
_JAVASCRIPT_LINKS = (b"import", b"require", b"from", b"listen", b"serve")
_JAVASCRIPT_VARIABLES = frozenset(
    {"identifier", "shorthand_property_identifier", "this", "await_expression"}
)
_JAVASCRIPT_CONSTANTS = frozenset({"path", "require", "sql", "url"})
_C_LINKS = (b"include", b"import", b"main(", b"main (", b"Main(")
_C_RESOLVED = (
    "includes: beside the file, below the include roots of compile_commands.json, CMake, Meson and"
    " Make, else the only file whose path ends so"
)
_C_UNRESOLVED = "computed includes, generated headers"

LANGUAGES: tuple[LanguageSpec, ...] = (
    LanguageSpec("batch", "Batch", (".bat", ".cmd")),
    LanguageSpec(
        "c",
        "C",
        (".c", ".h"),
        grammar=tree_sitter_c.language,
        queries=("c",),
        resolver="c",
        link_words=_C_LINKS,
        resolved=_C_RESOLVED,
        unresolved=_C_UNRESOLVED,
    ),
    LanguageSpec("cmake", "CMake", (".cmake",), ("CMakeLists.txt",)),
    LanguageSpec(
        "cpp",
        "C++",
        (".c++", ".cc", ".cpp", ".cxx", ".h++", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tpp"),
        grammar=tree_sitter_cpp.language,
        queries=("c", "cpp"),
        resolver="c",
        link_words=_C_LINKS,
        resolved=_C_RESOLVED,
        unresolved=f"{_C_UNRESOLVED}, modules of C++20",
    ),
    LanguageSpec(
        "csharp",
        "C#",
        (".cs",),
        grammar=tree_sitter_c_sharp.language,
        queries=("csharp",),
        resolver="csharp",
        resolved="Types by namespace, using, global using, static using and alias, with all files "
        "of a partial type; NuGet packages by project file.",
        unresolved="Types that are never named; extensions named as a method is; generated code.",
        ambiguous=b"<",
    ),
    LanguageSpec("css", "CSS", (".css", ".less", ".scss")),
    LanguageSpec("csv", "CSV", (".csv", ".tsv")),
    LanguageSpec("dart", "Dart", (".dart",)),
    LanguageSpec("dockerfile", "Dockerfile", (".dockerfile",), ("Containerfile", "Dockerfile")),
    LanguageSpec("elixir", "Elixir", (".ex", ".exs"), interpreters=("elixir",)),
    LanguageSpec(
        "go",
        "Go",
        (".go",),
        grammar=tree_sitter_go.language,
        queries=("go",),
        resolver="go",
        resolved="Imports by go.mod, go.work, replace, vendor and internal, to all files of the "
        "package; names that other files of the package declare.",
        unresolved="Methods and fields; packages of a repository without go.mod.",
    ),
    LanguageSpec("gomod", "Go module", file_names=("go.mod", "go.work")),
    LanguageSpec("graphql", "GraphQL", (".gql", ".graphql")),
    LanguageSpec("haskell", "Haskell", (".hs",)),
    LanguageSpec("hcl", "Terraform", (".hcl", ".tf", ".tfvars")),
    LanguageSpec("html", "HTML", (".htm", ".html", ".xhtml")),
    LanguageSpec("ini", "INI", (".cfg", ".conf", ".ini", ".properties"), (".editorconfig",)),
    LanguageSpec(
        "java",
        "Java",
        (".java",),
        grammar=tree_sitter_java.language,
        queries=("java",),
        resolver="jvm",
        resolved="Imports of types, members, and all of a package or type; types of the same "
        "package; types with their package before them; Kotlin and Scala likewise.",
        unresolved="Types that are never named, as those between two calls of a chain; reflection.",
        ambiguous=b"<",
    ),
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
    ),
    LanguageSpec("jinja", "Jinja", (".j2", ".jinja", ".jinja2")),
    LanguageSpec("json", "JSON", (".json", ".json5", ".jsonc", ".webmanifest"), (".babelrc",)),
    LanguageSpec("julia", "Julia", (".jl",), interpreters=("julia",)),
    LanguageSpec(
        "kotlin",
        "Kotlin",
        (".kt", ".kts"),
        grammar=tree_sitter_kotlin.language,
        queries=("kotlin",),
        resolver="jvm",
        resolved="Imports of types, functions and all of a package, aliases; types and functions "
        "of the same package; extension functions; Java and Scala likewise.",
        unresolved="Properties of the same package; extensions named as a member is; operators.",
        recovery_limit=24,
    ),
    LanguageSpec("lua", "Lua", (".lua",), interpreters=("lua", "luajit")),
    LanguageSpec("make", "Make", (".mk",), ("GNUmakefile", "Makefile", "makefile")),
    LanguageSpec("markdown", "Markdown", (".markdown", ".md", ".mdx")),
    LanguageSpec("notebook", "Jupyter notebook", (".ipynb",)),
    LanguageSpec(
        "objectivec",
        "Objective-C",
        (".m", ".mm"),
        grammar=tree_sitter_objc.language,
        queries=("c", "objectivec"),
        resolver="c",
        link_words=_C_LINKS,
        resolved=f"{_C_RESOLVED}; headers of frameworks by the framework's folder",
        unresolved=f"{_C_UNRESOLVED}, classes named with @class alone",
    ),
    LanguageSpec("perl", "Perl", (".pl", ".pm"), interpreters=("perl",)),
    LanguageSpec("php", "PHP", (".php",), interpreters=("php",)),
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
        (b"import", b"__name__", b"run(", b"run_app(", b"serve_forever("),
        frozenset({"identifier"}),
        _PYTHON_FIELDS,
        frozenset({"bytes", "int", "os", "pathlib", "sa", "str", "text"}),
    ),
    LanguageSpec("r", "R", (".r", ".rmd"), interpreters=("Rscript",)),
    LanguageSpec("rst", "reStructuredText", (".rst",)),
    LanguageSpec(
        "ruby", "Ruby", (".gemspec", ".rake", ".rb"), ("Gemfile", "Rakefile"), ("jruby", "ruby")
    ),
    LanguageSpec(
        "rust",
        "Rust",
        (".rs",),
        grammar=tree_sitter_rust.language,
        queries=("rust",),
        resolver="rust",
        link_words=(b"mod ", b"use ", b"::", b"extern crate", b"include", b"fn main"),
        resolved=(
            "mod in both layouts and with #[path], use and full paths through the crates of the"
            " workspace, include!"
        ),
        unresolved="what macros make; a re-exported name leads to the file that re-exports it",
    ),
    LanguageSpec(
        "scala",
        "Scala",
        (".sbt", ".sc", ".scala"),
        grammar=tree_sitter_scala.language,
        queries=("scala",),
        resolver="jvm",
        resolved="Relative imports with selectors and wildcards, nested packages, package objects, "
        "types of the packages around; Java and Kotlin likewise.",
        unresolved="Implicit and inherited members, extension methods, types never named.",
        recovery_limit=12,
    ),
    LanguageSpec("shell", "Shell", (".bash", ".sh", ".zsh"), (), ("bash", "dash", "sh", "zsh")),
    LanguageSpec("sql", "SQL", (".sql",)),
    LanguageSpec("svelte", "Svelte", (".svelte",)),
    LanguageSpec(
        "swift",
        "Swift",
        (".swift",),
        grammar=tree_sitter_swift.language,
        queries=("swift",),
        resolver="swift",
        resolved="types of the file's own module and of the modules that it imports",
        unresolved="functions, operators, members, and variables outside of types",
    ),
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
    ),
    LanguageSpec("vue", "Vue", (".vue",)),
    LanguageSpec("xml", "XML", (".plist", ".svg", ".xml", ".xsd", ".xsl", ".xslt")),
    LanguageSpec("yaml", "YAML", (".yaml", ".yml"), (".clang-format",)),
    LanguageSpec(
        "zig",
        "Zig",
        (".zig",),
        grammar=tree_sitter_zig.language,
        queries=("zig",),
        resolver="zig",
        link_words=(b"@import", b"@embedFile", b"@cInclude", b"fn main"),
        resolved="@import and @embedFile of files, modules of build.zig with a literal path",
        unresolved="modules that build.zig computes, @cInclude",
    ),
)

BY_NAME: Mapping[str, LanguageSpec] = {spec.name: spec for spec in LANGUAGES}
