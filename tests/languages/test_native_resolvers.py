"""Laws of the resolvers of the languages that compile to machine code, and hostile build files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_codebase.languages.analyse import analyse
from scout_codebase.languages.resolvers import RESOLVERS
from scout_codebase.languages.rust_modules import use_paths

NAMES = st.sampled_from(["a", "bc", "r_d", "Name", "super"])
Tree = tuple[str, object]
TREES = st.recursive(
    st.tuples(NAMES, st.sampled_from(["", "*", "as x"])),
    lambda inner: st.tuples(NAMES, st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def written(tree: Tree) -> str:
    name, rest = tree
    if isinstance(rest, list):
        inner = ", // a comment\n".join(map(written, rest))
        return f"{name}::{{ {inner} }}"
    return {"": name, "*": f"{name}::*", "as x": f"{name} as x"}[str(rest)]


def leaves(tree: Tree) -> list[tuple[tuple[str, ...], str]]:
    name, rest = tree
    if isinstance(rest, list):
        return [((name, *path), alias) for one in rest for path, alias in leaves(one)]
    path = (name, "*") if rest == "*" else (name,)
    return [(path, "x" if rest == "as x" else path[-1])]


@given(TREES)
def test_a_tree_of_names_has_the_paths_that_it_was_written_from(tree: Tree) -> None:
    assert use_paths(written(tree)) == leaves(tree)


def test_no_tree_of_names_is_too_deep_to_be_read() -> None:
    assert use_paths("a::{" * 100_000) == []


HOSTILE = [
    ("c", "a.c", '#include "b.h"\n', "CMakeLists.txt", "set(a "),
    ("c", "a.c", '#include "b.h"\n', "CMakeLists.txt", "#[[\n"),
    ("c", "a.c", '#include "b.h"\n', "CMakeLists.txt", "pkg_check_modules(a "),
    ("c", "a.c", '#include "b.h"\n', "meson.build", "include_directories('a"),
    ("c", "a.c", '#include "b.h"\n', "compile_commands.json", "["),
    ("c", "a.c", '#include "b.h"\n', "conanfile.txt", "a"),
    ("rust", "a.rs", "use b::c;\n", "Cargo.toml", "[a]\n"),
    ("swift", "a.swift", "import B\n", "Package.swift", ".target("),
    ("zig", "a.zig", 'const b = @import("b");\n', "build.zig", '.addModule("a", .{'),
    ("zig", "a.zig", 'const b = @import("b");\n', "build.zig.zon", ".a = .{ "),
]


@pytest.mark.parametrize(
    ("resolver", "path", "text", "manifest", "part"), HOSTILE, ids=[row[3] for row in HOSTILE]
)
def test_no_build_file_takes_longer_than_its_length(
    resolver: str, path: str, text: str, manifest: str, part: str
) -> None:
    analysis = analyse(path, text)
    assert analysis is not None
    texts = {path: text, manifest: part * (1_000_000 // len(part))}
    start = time.thread_time()
    found = RESOLVERS[resolver](texts, {path: analysis}).resolve(path, analysis.imports[0])
    assert time.thread_time() - start < 2
    assert found.files == ()


@pytest.mark.parametrize(
    "text",
    [
        "#ifndef A\n" + "// " * 60_000 + '\n#include "x.h"\n#endif\n',
        "#if !defined(A)" + " " * 200_000 + '\n#include "x.h"\n#endif\n',
        "#ifndef A\n" * 5_000 + '#include "x.h"\n' + "#endif\n" * 5_000,
    ],
    ids=["comments", "blanks", "nested"],
)
def test_no_guard_of_a_header_takes_long(text: str) -> None:
    start = time.thread_time()
    analysis = analyse("a.h", text)
    assert time.thread_time() - start < 2
    assert analysis is not None


def test_variables_that_double_at_every_step_are_worked_out_once() -> None:
    lines = [f"set(V{step} " + f"${{V{step + 1}}} " * 50 + ")" for step in range(9)]
    cmake = "\n".join([*lines, "set(V9 odd)", "include_directories(${V0} ${V7})"])
    text = '#include "b.h"\n'
    texts = {"CMakeLists.txt": cmake, "a.c": text, "odd/b.h": "", "other/b.h": ""}
    analysis = analyse("a.c", text)
    assert analysis is not None
    start = time.thread_time()
    found = RESOLVERS["c"](texts, {"a.c": analysis}).resolve("a.c", analysis.imports[0])
    assert time.thread_time() - start < 2
    assert found.files == ("odd/b.h",)
