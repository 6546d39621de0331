"""The rows of the script languages."""

from __future__ import annotations

from benchmarks.graph.row import Row

_PY = (".py", ".pyi")
_JS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".json", ".vue", ".svelte")

# dependency-cruiser reads one tsconfig.json a run and needs every package built and installed: of
# Vite, whose packages import each other's output, it resolves four in five imports.
ROWS = [
    Row(
        "python",
        "Django 5.2.8",
        (
            "pypi",
            "django",
            "5.2.8",
            "37e687f7bd73ddf043e2b6b97cfe02fcbb11f2dbb3adccc6a2b18c6daa054d7f",
        ),
        "",
        "grimp_imports",
        _PY,
    ),
    Row(
        "python",
        "SQLAlchemy 2.0.44",
        (
            "pypi",
            "sqlalchemy",
            "2.0.44",
            "19de7ca1246fbef9f9d1bff8f1ab25641569df226364a0e40457dc5457c54b05",
        ),
        "",
        "grimp_imports",
        _PY,
    ),
    Row(
        "python",
        "SymPy 1.14.0",
        (
            "pypi",
            "sympy",
            "1.14.0",
            "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5",
        ),
        "",
        "grimp_imports",
        _PY,
    ),
    Row(
        "python",
        "Flask",
        ("git", "pallets/flask", "2ac89889f4cc330eabd50f295dcef02828522c69"),
        "",
        "",
        _PY,
    ),
    Row(
        "javascript",
        "Express",
        ("git", "expressjs/express", "a3714473feb3d2908add734d340e7755fd85e0a3"),
        "",
        "dependency_cruiser",
        _JS,
    ),
    Row(
        "typescript",
        "Vite",
        ("git", "vitejs/vite", "a98c8d95d552c6fa98ab66fb810f5b39ad5abf49"),
        "",
        "",
        _JS,
    ),
    Row(
        "typescript",
        "Excalidraw",
        ("git", "excalidraw/excalidraw", "4872083c044491b6d5c96ae134a75464f96d6831"),
        "",
        "dependency_cruiser",
        _JS,
    ),
    Row(
        "ruby",
        "Lobsters",
        ("git", "lobsters/lobsters", "57268d762e1c2c95b7a8e64ee8deb259cddd8cc0"),
        "",
        "listed",
        (".rb", ".rake", ".gemspec", ".ru"),
    ),
    Row(
        "ruby",
        "RuboCop",
        ("git", "rubocop/rubocop", "3a42c622171794510e03999c8d55129b73c5dc8f"),
        "",
        "",
        (".rb",),
    ),
    Row(
        "php",
        "Composer",
        ("git", "composer/composer", "eba7baa59eb1b59246cf9800b0120fe78915b6ac"),
        "",
        "listed",
        (".php",),
    ),
]
