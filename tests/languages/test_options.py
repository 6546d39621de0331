"""Options of command lines, by the library that declares them."""

from __future__ import annotations

import pytest

from scout_codebase.languages.analyse import analyse
from scout_codebase.records import ProgramOption as Option


def options(path: str, text: str) -> list[Option]:
    analysis = analyse(path, text)
    assert analysis is not None
    return list(analysis.options)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "argparse.py",
            'p.add_argument("-l", "--limit", default=10, help="how "\n    "many")\n',
            [Option("-l, --limit", 1, "10", "how many")],
        ),
        (
            "click.py",
            '@click.option("--name", default="x", help="N.")\ndef f(name): ...\n',
            [Option("--name", 1, '"x"', "N.")],
        ),
        (
            "flag.go",
            (
                'package a\nfunc f() {\n p := flag.Int("port", 80, "the port")\n'
                ' flag.StringVar(&s, "n", `a`, "count")\n}\n'
            ),
            [Option("-port", 3, "80", "the port"), Option("-n", 4, "`a`", "count")],
        ),
        (
            "pflag.go",
            'package a\nfunc f() {\n c.Flags().StringVarP(&y, "out", "o", "", "where to")\n}\n',
            [Option("-o, --out", 3, '""', "where to")],
        ),
        (
            "commander.js",
            'program.option("-p, --port <n>", "the port", 80)\n',
            [Option("-p, --port <n>", 1, "80", "the port")],
        ),
        (
            "yargs.ts",
            'yargs.option("size", { default: 3, describe: "the size" })\n',
            [Option("--size", 1, "3", "the size")],
        ),
        (
            "Picocli.java",
            (
                'class A {\n @Option(names = {"-p", "--port"}, description = "port", '
                'defaultValue = "80")\n int port;\n}\n'
            ),
            [Option("-p, --port", 2, '"80"', "port")],
        ),
        (
            "clap.rs",
            (
                "struct A {\n /// The port\n /// to use\n"
                ' #[arg(short, long, default_value = "80")]\n pub port_no: u16,\n'
                ' #[clap(long = "out", help = "where to")]\n out_file: String,\n}\n'
            ),
            [
                Option("-p, --port-no", 4, "80", "The port to use"),
                Option("--out", 6, "", "where to"),
            ],
        ),
    ],
)
def test_options_with_default_and_help(path: str, text: str, expected: list[Option]) -> None:
    assert options(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'x.option("a")\np.add_argument("folder", help="--x")\nx.option()\n'),
        ("a.go", "package a\nfunc f() {\n x.String(y)\n fmt.Int()\n}\n"),
        ("a.js", 'q.option("z")\nselect.option("a", "b")\noption({})\nx.option("a", {b: 1})\n'),
        ("A.java", 'class A {\n @Option("x") int a;\n @Option(names = {}) int b;\n}\n'),
        ("a.rs", "struct A {\n #[arg(skip)]\n a: u8,\n #[serde(long)]\n b: u8,\n}\n"),
    ],
)
def test_what_only_looks_like_an_option(path: str, text: str) -> None:
    assert options(path, text) == []


def test_long_defaults_and_helps_are_cut() -> None:
    (one,) = options("a.py", f'p.add_argument("--a", default=f({"1, " * 99}), help="{"b " * 999}")')
    assert len(one.default) == 80
    assert len(one.help) == 240
