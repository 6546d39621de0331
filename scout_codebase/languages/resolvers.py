"""The resolvers, a row each; a language names its row."""

from __future__ import annotations

from collections.abc import Mapping

from scout_codebase.languages.c import CResolver
from scout_codebase.languages.csharp import CSharpResolver
from scout_codebase.languages.file_references import (
    ShellResolver,
    TerraformResolver,
    WebResolver,
)
from scout_codebase.languages.go import GoResolver
from scout_codebase.languages.javascript import JavaScriptResolver
from scout_codebase.languages.julia import JuliaResolver
from scout_codebase.languages.jvm import JvmResolver
from scout_codebase.languages.module_names import ElixirResolver, HaskellResolver, LuaResolver
from scout_codebase.languages.php import PhpResolver
from scout_codebase.languages.python import PythonResolver
from scout_codebase.languages.ruby import RubyResolver
from scout_codebase.languages.rust import RustResolver
from scout_codebase.languages.spec import MakeResolver
from scout_codebase.languages.swift import SwiftResolver
from scout_codebase.languages.zig import ZigResolver

RESOLVERS: Mapping[str, MakeResolver] = {
    "c": CResolver,
    "csharp": CSharpResolver,
    "elixir": ElixirResolver,
    "go": GoResolver,
    "haskell": HaskellResolver,
    "hcl": TerraformResolver,
    "javascript": JavaScriptResolver,
    "julia": JuliaResolver,
    "jvm": JvmResolver,
    "lua": LuaResolver,
    "php": PhpResolver,
    "python": PythonResolver,
    "ruby": RubyResolver,
    "rust": RustResolver,
    "shell": ShellResolver,
    "swift": SwiftResolver,
    "web": WebResolver,
    "zig": ZigResolver,
}
