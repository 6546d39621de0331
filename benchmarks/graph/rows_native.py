"""The rows of the languages that compile to machine code."""

from __future__ import annotations

from benchmarks.graph.row import Row

_C = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".ipp", ".tpp")

ROWS = [
    Row(
        "c",
        "libgit2",
        ("git", "libgit2/libgit2", "0551dfd4ad989b6a3d5683c0d4cf326c6efef929"),
        "",
        "gcc",
        _C,
    ),
    Row(
        "cpp",
        "LevelDB",
        ("git", "google/leveldb", "78a352f47ed6c1e9d750545e9b242289185b87e1"),
        "",
        "gcc",
        _C,
    ),
    Row(
        "rust",
        "Tokio",
        ("git", "tokio-rs/tokio", "ea91b33ca57ff0581b38e735cc108f831bccbdaa"),
        "",
        "listed",
        (".rs",),
    ),
    Row(
        "swift",
        "Argument Parser",
        ("git", "apple/swift-argument-parser", "2f77f2fccb6e84fecff338c37b199e33e7dfd119"),
        "",
        "listed",
        (".swift",),
    ),
    Row(
        "objectivec",
        "AFNetworking",
        ("git", "AFNetworking/AFNetworking", "d9f589cc2c1fe9d55eb5eea00558010afea7a41e"),
        "",
        "listed",
        (".h", ".m"),
    ),
    Row(
        "zig",
        "Zig Language Server",
        ("git", "zigtools/zls", "113f79a1d120cfda4cf758bc41273d8d15b4e46a"),
        "",
        "listed",
        (".zig", ".zon"),
    ),
]
