"""The rows of the languages that are compiled."""

from __future__ import annotations

from scout_codebase.languages.kotlin_constructors import constructors_beside_classes
from scout_codebase.languages.spec import LanguageSpec, grammar_of

_C_LINKS = (b"include", b"import", b"main(", b"main (", b"Main(")
_C_RESOLVED = (
    "includes: beside the file, below the include roots of compile_commands.json, CMake, Meson and"
    " Make, else the only file whose path ends so"
)
_C_UNRESOLVED = "computed includes, generated headers"
# Packages whose functions make a value of their arguments alone: not os, which knows more.
_GO_CONSTANTS = frozenset(
    {"bytes", "context", "filepath", "fmt", "http", "path", "strconv", "strings", "url"}
)

ROWS = (
    LanguageSpec(
        "c",
        "C",
        (".c", ".h"),
        grammar=grammar_of("tree_sitter_c"),
        queries=("c",),
        enforces_types=True,
        resolver="c",
        most_steps=330_000,
        most_steps_a_byte=4,
        link_words=_C_LINKS,
        resolved=_C_RESOLVED,
        unresolved=_C_UNRESOLVED,
    ),
    LanguageSpec(
        "cpp",
        "C++",
        (".c++", ".cc", ".cpp", ".cxx", ".h++", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tpp"),
        grammar=grammar_of("tree_sitter_cpp"),
        queries=("c", "cpp"),
        enforces_types=True,
        resolver="c",
        most_bytes=150_000,
        most_steps=170_000,
        link_words=_C_LINKS,
        resolved=_C_RESOLVED,
        unresolved=f"{_C_UNRESOLVED}, modules of C++20",
    ),
    LanguageSpec(
        "csharp",
        "C#",
        (".cs",),
        grammar=grammar_of("tree_sitter_c_sharp"),
        queries=("csharp",),
        enforces_types=True,
        exports_capitals=True,
        resolver="csharp",
        most_bytes=90_000,
        most_steps=165_000,
        most_steps_a_byte=8,
        ambiguous=b"<",
        resolved="Types by namespace, using, global using, static using and alias, with all files "
        "of a partial type; NuGet packages by project file.",
        unresolved="Types that are never named; extensions named as a method is; generated code.",
    ),
    LanguageSpec(
        "go",
        "Go",
        (".go",),
        grammar=grammar_of("tree_sitter_go"),
        queries=("go",),
        enforces_types=True,
        exports_capitals=True,
        resolver="go",
        variable_types=frozenset({"identifier"}),
        transparent={
            "call_expression": ("function", "arguments"),
            "keyed_element": ("value",),
            "selector_expression": ("operand",),
        },
        constant_names=_GO_CONSTANTS,
        constant_capitals=False,
        resolved="Imports by go.mod, go.work, replace, vendor and internal, to all files of the "
        "package; names that other files of the package declare.",
        unresolved="Methods and fields; packages of a repository without go.mod.",
    ),
    LanguageSpec(
        "java",
        "Java",
        (".java",),
        grammar=grammar_of("tree_sitter_java"),
        queries=("java",),
        enforces_types=True,
        resolver="jvm",
        most_steps_a_byte=4,
        ambiguous=b"<",
        resolved="Imports of types, members, and all of a package or type; types of the same "
        "package; types with their package before them; Kotlin and Scala likewise.",
        unresolved="Types that are never named, as those between two calls of a chain; reflection.",
    ),
    LanguageSpec(
        "kotlin",
        "Kotlin",
        (".kt", ".kts"),
        grammar=grammar_of("tree_sitter_kotlin"),
        queries=("kotlin",),
        enforces_types=True,
        resolver="jvm",
        view=constructors_beside_classes,
        recovery_limit=24,
        resolved="Imports of types, functions and all of a package, aliases; types and functions "
        "of the same package; extension functions; Java and Scala likewise.",
        unresolved="Properties of the same package; extensions named as a member is; operators.",
    ),
    LanguageSpec(
        "objectivec",
        "Objective-C",
        (".m", ".mm"),
        grammar=grammar_of("tree_sitter_objc"),
        queries=("c", "objectivec"),
        enforces_types=True,
        resolver="c",
        most_steps=330_000,
        most_steps_a_byte=4,
        link_words=_C_LINKS,
        resolved=f"{_C_RESOLVED}; headers of frameworks by the framework's folder",
        unresolved=f"{_C_UNRESOLVED}, classes named with @class alone",
    ),
    LanguageSpec(
        "rust",
        "Rust",
        (".rs",),
        grammar=grammar_of("tree_sitter_rust"),
        queries=("rust",),
        enforces_types=True,
        resolver="rust",
        most_steps=220_000,
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
        grammar=grammar_of("tree_sitter_scala"),
        queries=("scala",),
        enforces_types=True,
        resolver="jvm",
        most_steps=210_000,
        recovery_limit=12,
        resolved="Relative imports with selectors and wildcards, nested packages, package objects, "
        "types of the packages around; Java and Kotlin likewise.",
        unresolved="Implicit and inherited members, extension methods, types never named.",
    ),
    LanguageSpec(
        "swift",
        "Swift",
        (".swift",),
        grammar=grammar_of("tree_sitter_swift"),
        queries=("swift",),
        enforces_types=True,
        resolver="swift",
        most_bytes=110_000,
        most_steps=160_000,
        most_steps_a_byte=8,
        resolved="types of the file's own module and of the modules that it imports",
        unresolved="functions, operators, members, and variables outside of types",
    ),
    LanguageSpec(
        "zig",
        "Zig",
        (".zig",),
        grammar=grammar_of("tree_sitter_zig"),
        queries=("zig",),
        enforces_types=True,
        resolver="zig",
        link_words=(b"@import", b"@embedFile", b"@cInclude", b"fn main"),
        resolved="@import and @embedFile of files, modules of build.zig with a literal path",
        unresolved="modules that build.zig computes, @cInclude",
    ),
)
