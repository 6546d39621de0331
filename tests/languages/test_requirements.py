"""What manifests require, and which options of command lines code declares."""

from __future__ import annotations

import pytest

from scout_codebase.languages.command_options import command_options, may_declare_options
from scout_codebase.languages.requirements import requirements

MANIFESTS = {
    "pyproject.toml": (
        ('[project]\nrequires-python = ">= 3.9"\ndependencies = ["A_b >= 1, < 2", "c[x]"]\n'
        '[project.optional-dependencies]\ndocs = ["sphinx"]\n'),
        [("python", ">=3.9", "language", 2), ("a-b", ">=1,<2", "", 3), ("c", "[x]", "", 3),
         ("sphinx", "", "docs", 5)],
    ),
    "setup.py": (
        "setup(\n  python_requires='>=3.7',\n  install_requires=[\"a; os_name == 'nt'\"],\n)\n",
        [("python", ">=3.7", "language", 2), ("a", ';os_name=="nt"', "", 3)],
    ),
    "requirements/dev.txt": ("-r base.txt\n# no\nclick==8.1.7  # by hand\n",
                             [("click", "==8.1.7", "dev", 3)]),
    "package.json": (
        ('{"engines": {"node": ">=18"},\n"dependencies": {"qs": "6.1"},\n'
        '"devDependencies": {"mocha": "^9"}}'),
        [("node", ">=18", "language", 1), ("qs", "6.1", "", 2), ("mocha", "^9", "dev", 3)],
    ),
    "go.mod": (
        "module m\n\ngo 1.21\n\nrequire (\n\tx.org/net v0.7.0\n\ta.b/c v1.0.0 // indirect\n)\n",
        [("go", "1.21", "language", 3), ("x.org/net", "v0.7.0", "", 6),
         ("a.b/c", "v1.0.0", "indirect", 7)],
    ),
    "x/Cargo.toml": (
        '[package]\nrust-version = "1.70"\n[dependencies]\nserde = { version = "1" }\n',
        [("rust", "1.70", "language", 2), ("serde", "1", "", 4)],
    ),
    "composer.json": ('{"require": {"php": ">=8.1", "a/b": "^2"}}',
                      [("php", ">=8.1", "language", 1), ("a/b", "^2", "", 1)]),
    "Gemfile": ("gem 'rails', '~> 7.0'\ngem 'pg'\n",
                [("rails", "~>7.0", "", 1), ("pg", "", "", 2)]),
    "pom.xml": (
        ("<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version>"
        "<scope>test</scope></dependency>"),
        [("g:a", "1", "test", 1)],
    ),
    "build.gradle.kts": ('implementation("g:a:1.0")\ntestImplementation("g:t:2")\n',
                         [("g:a", "1.0", "", 1), ("g:t", "2", "test", 2)]),
    "A.csproj": (('<TargetFramework>net8</TargetFramework>\n'
                 '<PackageReference Include="A" Version="2"/>'),
                 [("dotnet", "net8", "language", 1), ("A", "2", "", 2)]),
    "Package.swift": ('.package(url: "https://host/a/Nio.git", from: "2.0.0")',
                      [("Nio", 'from: "2.0.0"', "", 1)]),
    "notes.txt": ("click==8\n", []),
}  # fmt: skip


@pytest.mark.parametrize("path", MANIFESTS)
def test_each_manifest_says_what_it_requires(path: str) -> None:
    text, wanted = MANIFESTS[path]
    found = [(row.name, row.wanted, row.group, row.line) for row in requirements(path, text)]
    assert found == wanted


@pytest.mark.parametrize("path", MANIFESTS)
def test_a_manifest_that_is_broken_off_is_read_as_far_as_it_goes(path: str) -> None:
    text = MANIFESTS[path][0]
    known = {row.name for row in requirements(path, text)}
    for end in range(0, len(text), 7):
        assert len({row.name for row in requirements(path, text[:end])}) <= len(known)


OPTIONS = {
    "python": "p.add_argument(\n    '-v', \"--verbose\",\n)\n@click.option('--on/--off')\n"
    "run(['git', '--no-pager'])\n",
    "javascript": "program.option('-p, --port <number>', 'x').command('--not-this')\n",
    "go": 'cmd.Flags().StringVarP(&x, "name", "n", "", "")\nflag.Bool("dry-run", false, "")\n',
    "rust": '#[arg(short, long = "jobs")]\nArg::new("x").long("color")\n',
    "ruby": 'opts.on("-q", "--quiet", "text")\n',
    "java": '@Option(names = {"-f", "--file"})\n',
}
DECLARED = {
    "python": [("--verbose", 2), ("--on", 4), ("--off", 4)],
    "javascript": [("--port", 1)],
    "go": [("--name", 1), ("--dry-run", 2)],
    "rust": [("--jobs", 1), ("--color", 2)],
    "ruby": [("--quiet", 1)],
    "java": [("--file", 1)],
}


@pytest.mark.parametrize("language", OPTIONS)
def test_each_language_declares_its_options(language: str) -> None:
    assert list(command_options(OPTIONS[language], language)) == DECLARED[language]
    assert may_declare_options(OPTIONS[language])
