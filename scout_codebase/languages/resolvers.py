"""The resolvers, a row each; a language names its row."""

from __future__ import annotations

from collections.abc import Mapping

from scout_codebase.languages.file_references import (
    JuliaResolver,
    ShellResolver,
    TerraformResolver,
    WebResolver,
)
from scout_codebase.languages.javascript import JavaScriptResolver
from scout_codebase.languages.module_names import ElixirResolver, HaskellResolver, LuaResolver
from scout_codebase.languages.php import PhpResolver
from scout_codebase.languages.python import PythonResolver
from scout_codebase.languages.ruby import RubyResolver
from scout_codebase.languages.spec import MakeResolver

RESOLVERS: Mapping[str, MakeResolver] = {
    "elixir": ElixirResolver,
    "haskell": HaskellResolver,
    "hcl": TerraformResolver,
    "javascript": JavaScriptResolver,
    "julia": JuliaResolver,
    "lua": LuaResolver,
    "php": PhpResolver,
    "python": PythonResolver,
    "ruby": RubyResolver,
    "shell": ShellResolver,
    "web": WebResolver,
}
