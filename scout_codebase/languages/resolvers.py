"""The resolvers, a row each; a language names its row."""

from __future__ import annotations

from collections.abc import Mapping

from scout_codebase.languages.c import CResolver
from scout_codebase.languages.csharp import CSharpResolver
from scout_codebase.languages.go import GoResolver
from scout_codebase.languages.javascript import JavaScriptResolver
from scout_codebase.languages.jvm import JvmResolver
from scout_codebase.languages.python import PythonResolver
from scout_codebase.languages.rust import RustResolver
from scout_codebase.languages.spec import MakeResolver
from scout_codebase.languages.swift import SwiftResolver
from scout_codebase.languages.zig import ZigResolver

RESOLVERS: Mapping[str, MakeResolver] = {
    "c": CResolver,
    "csharp": CSharpResolver,
    "go": GoResolver,
    "javascript": JavaScriptResolver,
    "jvm": JvmResolver,
    "python": PythonResolver,
    "rust": RustResolver,
    "swift": SwiftResolver,
    "zig": ZigResolver,
}
