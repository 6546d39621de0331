"""What the name of a file alone says about it. Tables; a name in none of them is a file to read.

The names follow github-linguist's ``generated.rb`` and ``vendor.yml`` and the documentation of
the tools that write the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LOCK_FILES = """
    .terraform.lock.hcl Cargo.lock Cartfile.resolved Chart.lock Gemfile.lock MODULE.bazel.lock
    Package.resolved Pipfile.lock Podfile.lock bower.lock buf.lock bun.lock bun.lockb
    cabal.project.freeze composer.lock conan.lock deno.lock flake.lock gems.locked go.sum
    go.work.sum gradle.lockfile mix.lock npm-shrinkwrap.json package-lock.json packages.lock.json
    paket.lock pdm.lock pixi.lock pnpm-lock.yaml poetry.lock pubspec.lock pylock.toml rebar.lock
    renv.lock shard.lock spago.lock stack.yaml.lock symfony.lock uv.lock yarn.lock
"""
LOCK_FILES = frozenset(_LOCK_FILES.split())

GENERATED_ENDINGS = (
    *("_pb2.py", "_pb2_grpc.py", "_pb2.pyi", "_pb.js", "_pb.d.ts", "_grpc_pb.js", "_grpc_pb.d.ts"),
    *(".pb.go", ".pb.gw.go", ".pb.cc", ".pb.h", ".pb.swift", ".g.dart", ".freezed.dart"),
    *(".g.cs", ".g.i.cs", ".designer.cs", ".Designer.cs", ".js.map", ".mjs.map", ".css.map"),
)

MINIFIED_NAME = re.compile(r"[.-]min\.(?:js|mjs|cjs|css)$")

MINIFIABLE_ENDINGS = (".js", ".mjs", ".cjs", ".css")
"""Languages whose files minifiers write; linguist looks at the lines of no others."""

VENDORED_FOLDERS = frozenset({"node_modules", "bower_components", "jspm_packages"})

VENDOR_SIGNS = frozenset({"vendor/modules.txt", "vendor/autoload.php"})
"""Go's and Composer's lists of what lies in a ``vendor`` folder. A ``vendor`` folder without one
may well be the project's own code."""


def is_lock_file(path: str) -> bool:
    return path.rpartition("/")[2] in LOCK_FILES


def is_generated_name(path: str) -> bool:
    return path.endswith(GENERATED_ENDINGS)


def is_minified_name(path: str) -> bool:
    return MINIFIED_NAME.search(path) is not None


def vendored_folder(path: str, vendors: frozenset[str]) -> str:
    """The folder of other people's code that holds the path, ``""`` for none. ``vendors`` are the
    folders that bear one of ``VENDOR_SIGNS``."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts, start=1):
        folder = "/".join(parts[:depth])
        if part in VENDORED_FOLDERS or (part == "vendor" and folder in vendors):
            return folder
    return ""


def vendors_of(paths: Iterable[str]) -> frozenset[str]:
    """The folders among the paths that bear one of ``VENDOR_SIGNS``."""
    return frozenset(
        path.rpartition("/")[0] for path in paths if "/".join(path.split("/")[-2:]) in VENDOR_SIGNS
    )
