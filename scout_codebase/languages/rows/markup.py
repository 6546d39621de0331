"""The rows of markup, styles, data and settings, and of languages that are only known by name."""

from __future__ import annotations

import tree_sitter_css
import tree_sitter_hcl
import tree_sitter_html

from scout_codebase.languages.spec import LanguageSpec

ROWS = (
    LanguageSpec("batch", "Batch", (".bat", ".cmd")),
    LanguageSpec("cmake", "CMake", (".cmake",), ("CMakeLists.txt",)),
    LanguageSpec(
        "css",
        "CSS",
        (".css", ".less", ".scss"),
        grammar=tree_sitter_css.language,
        queries=("css",),
        resolver="web",
        link_words=(b"@import", b"url("),
        resolved="@import and url() of files of the repository",
        unresolved="other rules of SCSS and Less, paths that a bundler maps",
    ),
    LanguageSpec("csv", "CSV", (".csv", ".tsv")),
    LanguageSpec("dart", "Dart", (".dart",)),
    LanguageSpec("dockerfile", "Dockerfile", (".dockerfile",), ("Containerfile", "Dockerfile")),
    LanguageSpec("gomod", "Go module", file_names=("go.mod", "go.work")),
    LanguageSpec("graphql", "GraphQL", (".gql", ".graphql")),
    LanguageSpec(
        "hcl",
        "Terraform",
        (".hcl", ".tf", ".tfvars"),
        grammar=tree_sitter_hcl.language,
        queries=("hcl",),
        resolver="hcl",
        link_words=(b"source", b"file"),
        resolved="local module sources, files that functions read",
        unresolved="registry modules beyond their name, Terragrunt",
    ),
    LanguageSpec(
        "html",
        "HTML",
        (".htm", ".html", ".xhtml"),
        grammar=tree_sitter_html.language,
        queries=("html",),
        resolver="web",
        link_words=(b"src", b"href", b"data", b"poster", b"action"),
        resolved="src and href that lead to files of the repository",
        unresolved="paths of a template engine or a server",
    ),
    LanguageSpec("ini", "INI", (".cfg", ".conf", ".ini", ".properties"), (".editorconfig",)),
    LanguageSpec("jinja", "Jinja", (".j2", ".jinja", ".jinja2")),
    LanguageSpec("json", "JSON", (".json", ".json5", ".jsonc", ".webmanifest"), (".babelrc",)),
    LanguageSpec("make", "Make", (".mk",), ("GNUmakefile", "Makefile", "makefile")),
    LanguageSpec("markdown", "Markdown", (".markdown", ".md", ".mdx")),
    LanguageSpec("perl", "Perl", (".pl", ".pm"), interpreters=("perl",)),
    LanguageSpec("powershell", "PowerShell", (".ps1", ".psd1", ".psm1"), interpreters=("pwsh",)),
    LanguageSpec("proto", "Protocol Buffers", (".proto",)),
    LanguageSpec("r", "R", (".r", ".rmd"), interpreters=("Rscript",)),
    LanguageSpec("rst", "reStructuredText", (".rst",)),
    LanguageSpec("sql", "SQL", (".sql",)),
    LanguageSpec("text", "plain text", (".txt",), ("AUTHORS", "COPYING", "LICENSE", "NOTICE")),
    LanguageSpec("toml", "TOML", (".toml",)),
    LanguageSpec("xml", "XML", (".plist", ".svg", ".xml", ".xsd", ".xsl", ".xslt")),
    LanguageSpec("yaml", "YAML", (".yaml", ".yml"), (".clang-format",)),
)
