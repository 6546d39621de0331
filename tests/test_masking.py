"""Secrets are taken out, whole and in place, and what is none stays."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import pack_snapshot, snapshot_of
from support.secrets import HARMLESS, KEY_LINES, PRIVATE_KEY, SAMPLES, Sample

from scout_codebase.masking import detect, mask, mask_snapshot, mask_version
from scout_codebase.pack import manifest
from scout_codebase.reports.evidence import EvidenceChecker

LABEL = re.compile(r"MASKED_[A-Z0-9_]+_\d+")
by_name = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
FRAMES = (
    "",
    "\n",
    " ",
    "# é 日本 \U0001f511\n",
    "x = 1\r\n",
    "def f(a):\n    return a\n",
    "\ufeff",
)


@by_name
def test_a_secret_is_masked(sample: Sample) -> None:
    text, rows = mask(sample.path, sample.text)
    assert [value for value in sample.values if value in text] == []
    assert rows
    lines = text.split("\n")
    for row in rows:
        assert (row.path, bool(LABEL.fullmatch(row.label))) == (sample.path, True)
        assert row.label in "\n".join(lines[row.start_line - 1 : row.end_line])


@by_name
def test_what_stands_around_a_secret_stays(sample: Sample) -> None:
    text, _ = mask(sample.path, sample.text)
    assert text.count("\n") == sample.text.count("\n")
    before = sample.text.partition(sample.values[0])[0]
    after = sample.text.rpartition(sample.values[-1])[2]
    if sample.name == "private key on one line":  # its escaped newlines are part of the value
        before, after = before.removesuffix("\\n"), after.removeprefix("\\n")
    assert text.startswith(before.removesuffix("django-insecure-"))
    assert text.endswith(after)


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
@pytest.mark.parametrize("path", ["app/settings.py", "settings.yml"])
def test_a_false_friend_stays(path: str, text: str) -> None:
    assert mask(path, text) == (text, ())


def test_a_word_without_quotes_is_a_value_in_configuration_alone() -> None:
    text = "secret_token = a8f7d6e5c4b3a291\n"
    assert "a8f7d6e5c4b3a291" not in mask("app.ini", text)[0]
    assert mask("app.py", text) == (text, ())


def test_a_string_stays_a_string() -> None:
    key = PRIVATE_KEY.replace("\n", "\\n")
    text = f'KEY = "{key}"\nOTHER = """\n{PRIVATE_KEY}\n"""\n'
    masked, rows = mask("a.py", text)
    values = [ast.literal_eval(node.value) for node in ast.parse(masked).body
              if isinstance(node, ast.Assign)]  # fmt: skip
    assert [row.label for row in rows] == ["MASKED_PRIVATE_KEY_1", "MASKED_PRIVATE_KEY_2"]
    assert [row.label in value for row, value in zip(rows, values, strict=True)] == [True, True]
    assert [line for line in KEY_LINES if line in masked] == []


def test_a_placeholder_key_does_not_swallow_what_follows() -> None:
    """The catalog's own rule matches from one beginning to the end of a later key."""
    first, last = PRIVATE_KEY.split("\n")[0], PRIVATE_KEY.split("\n")[-1]
    between = "\n".join(f"def function_{number}(): pass" for number in range(20))
    text = f"{first}\n...\n{last}\n{between}\n{PRIVATE_KEY}\n"
    masked, rows = mask("a.py", text)
    assert between in masked
    assert [line for line in KEY_LINES if line in masked] == []
    assert [(row.start_line, row.end_line) for row in rows] == [(24, 33)]


def test_code_that_looks_for_keys_stays() -> None:
    first, last = PRIVATE_KEY.split("\n")[0], PRIVATE_KEY.split("\n")[-1]
    text = f'BEGIN = "{first}"\nEllipticCurvePrivateKeyWithSerialization(BEGIN)\nEND = "{last}"\n'
    assert mask("a.py", text) == (text, ())


@pytest.mark.parametrize("word", ["gitleaks:allow", "kingfisher:ignore", "betterleaks:allow"])
def test_the_repository_cannot_switch_masking_off(word: str) -> None:
    assert SAMPLES[0].values[0] not in mask("a.py", f"{SAMPLES[0].text}  # {word}\n")[0]


def test_labels_count_the_values_of_a_file() -> None:
    one, other = (f'password = "Tr0ub4dor{sign}3x!9"' for sign in "&%")
    text, rows = mask("a.py", "\n".join((one, other, one)))
    assert [row.label for row in rows] == [
        "MASKED_PASSWORD_1", "MASKED_PASSWORD_2", "MASKED_PASSWORD_1"
    ]  # fmt: skip
    assert text.split("\n")[0] == text.split("\n")[2] == 'password = "MASKED_PASSWORD_1"'


def test_a_label_tells_nothing_of_the_value() -> None:
    labels = {mask("a.py", f'password = "{letter}r0ub4dor&3x!9"')[0] for letter in "TUVWX"}
    assert labels == {'password = "MASKED_PASSWORD_1"'}


def test_a_new_secret_in_one_file_leaves_the_others_as_they_were() -> None:
    texts = {"b.py": f"{SAMPLES[0].text}\n", "c.py": f"{SAMPLES[4].text}\n"}
    before = {file.path: file.text for file in mask_snapshot(snapshot_of(texts)).files}
    texts["a.py"] = f"{SAMPLES[2].text}\n{SAMPLES[6].text}\n"
    after = {file.path: file.text for file in mask_snapshot(snapshot_of(texts)).files}
    assert {path: after[path] for path in before} == before


# --- laws ---------------------------------------------------------------------------------------

mixed = st.lists(
    st.one_of(
        st.sampled_from(FRAMES),
        st.sampled_from([sample.text for sample in SAMPLES]),
        st.sampled_from(list(HARMLESS.values())),
        st.text(max_size=20),
    ),
    max_size=6,
).map("\n".join)
paths = st.sampled_from(["a.py", ".env", "conf.yml", "README.md"])


@settings(deadline=None)
@given(paths, mixed)
def test_lines_are_kept_and_masking_twice_is_masking_once(path: str, text: str) -> None:
    masked, rows = mask(path, text)
    assert mask(path, masked) == (masked, ())
    assert mask(path, text) == (masked, rows)
    assert [len(re.findall(r"\n", each)) for each in (masked, text)] == [text.count("\n")] * 2
    assert list(rows) == sorted(rows, key=lambda row: row.start_line)
    touched = {line for row in rows for line in range(row.start_line, row.end_line + 1)}
    both = zip(text.split("\n"), masked.split("\n"), strict=True)
    assert all(old == new for number, (old, new) in enumerate(both, 1) if number not in touched)


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.sampled_from(FRAMES), max_size=4).map("".join))
def test_a_secret_is_found_behind_any_text(sample: Sample, before: str) -> None:
    masked, rows = mask(sample.path, f"{before}\n{sample.text}")
    assert [value for value in sample.values if value in masked] == []
    assert rows[0].start_line > before.count("\n")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_is_too_strange(text: str) -> None:
    """Lone surrogates, NUL bytes, byte-order marks: offsets are those of the text."""
    secret = SAMPLES[0]
    masked, _ = mask("a.py", f"{text}\n{secret.text}\n")
    assert secret.values[0] not in masked
    assert masked.endswith('\ntoken = "MASKED_GITHUB_PAT_1"\n')


# --- a whole snapshot ---------------------------------------------------------------------------


def test_a_value_is_masked_wherever_it_stands() -> None:
    value = "Tr0ub4dor" + "&3x!9"
    texts = {
        "a.py": f'log_in("ada", "{value}")\n',
        "b.py": f'password = "{value}"\n# it is {value}\n',
        "c.py": "nothing = 1\n",
    }
    masked = mask_snapshot(snapshot_of(texts))
    assert {file.path: file.text for file in masked.files} == {
        "a.py": 'log_in("ada", "MASKED_PASSWORD_1")\n',
        "b.py": 'password = "MASKED_PASSWORD_1"\n# it is MASKED_PASSWORD_1\n',
        "c.py": "nothing = 1\n",
    }
    assert [(row.path, row.start_line) for row in masked.masked] == [
        ("a.py", 1), ("b.py", 1), ("b.py", 2)
    ]  # fmt: skip


def test_a_word_is_masked_only_where_it_is_a_password() -> None:
    """Elsewhere it is a name, and the code could not be read without it."""
    texts = {"a.py": 'password = "hunter2"\n', "b.py": "hunter2 = animal(hunter2)\n"}
    masked = mask_snapshot(snapshot_of(texts))
    assert [file.text for file in masked.files] == [
        'password = "MASKED_PASSWORD_1"\n', "hunter2 = animal(hunter2)\n"
    ]  # fmt: skip


def test_what_was_detected_before_gives_the_same_snapshot() -> None:
    """So that a detection can be kept, or made in another process."""
    texts = {f"{number}/{row.path}": row.text for number, row in enumerate(SAMPLES)}
    snapshot = snapshot_of(texts)
    detected = {path: detect(path, text) for path, text in texts.items()}
    assert mask_snapshot(snapshot, detected) == mask_snapshot(snapshot)
    assert not any(value in repr(detected) for row in SAMPLES for value in row.values)


def test_the_manifest_lists_what_was_masked() -> None:
    packed = pack_snapshot(mask_snapshot(snapshot_of({"a.py": f"x = 1\n{SAMPLES[0].text}\n"})))
    rows = manifest(packed.pack, packed.graph)
    assert rows["masked"] == [
        {
            "path": "a.py",
            "start_line": 2,
            "end_line": 2,
            "kind": "github-pat",
            "label": "MASKED_GITHUB_PAT_1",
        }
    ]
    assert rows["masking"] == mask_version()
    unmasked = pack_snapshot(snapshot_of({"a.py": "x = 1\n"}))
    assert manifest(unmasked.pack, unmasked.graph)["masking"] == ""


def test_a_quote_with_a_label_is_found_where_the_secret_stands() -> None:
    packed = pack_snapshot(mask_snapshot(snapshot_of({"a.py": f"x = 1\n{SAMPLES[0].text}\n"})))
    found = EvidenceChecker(packed.pack, packed.graph.analyses).check(
        "a.py", 'token = "MASKED_GITHUB_PAT_1"'
    )
    assert (found.grade, found.start_line, found.start_column) == ("verified", 2, 1)


def test_columns_are_those_of_the_file_with_its_secrets() -> None:
    line = f"connect('{SAMPLES[0].values[0]}', timeout=30, retries=4)"
    packed = pack_snapshot(mask_snapshot(snapshot_of({"a.py": f"import client\n\n{line}\n"})))
    checker = EvidenceChecker(packed.pack, packed.graph.analyses)
    found = checker.check("a.py", "timeout=30, retries=4")
    assert line[found.start_column - 1 : found.end_column - 1] == "timeout=30, retries=4"
    whole = checker.check_line("a.py", 3)
    assert (whole.start_column, whole.end_column) == (1, len(line) + 1)
    assert "MASKED_GITHUB_PAT_1" in whole.quote


@pytest.mark.parametrize("path", ["app.py", "app.js", "app.ts"])
def test_a_label_in_code_is_a_place_for_the_review(path: str) -> None:
    """Whatever the name beside it: the label says what it was."""
    packed = pack_snapshot(mask_snapshot(snapshot_of({path: f"send('{SAMPLES[0].values[0]}')\n"})))
    places = packed.graph.analyses[path].places
    assert [(row.category, row.start_line) for row in places] == [("secret", 1)]
    assert places[0].code == "'MASKED_GITHUB_PAT_1'"


def test_many_secrets_and_long_lines_take_no_time() -> None:
    first, last = PRIVATE_KEY.split("\n")[0], PRIVATE_KEY.split("\n")[-1]
    value = SAMPLES[0].values[0]
    key = f"{first}\n{KEY_LINES[0]}\n{'+' * 30_000}\n{last}\n"
    text = f"{key}{(value + chr(10)) * 20_000}{'-----BEGIN PRIVATE KEY-----' * 2_000}"
    started = time.process_time()
    masked, rows = mask("a.txt", text)
    assert time.process_time() - started < 5
    assert len(rows) == 20_001
    assert value not in masked


# --- without the detector -----------------------------------------------------------------------


def test_without_the_detector_nothing_is_read_unmasked() -> None:
    code = (
        "import sys; sys.modules['kingfisher_sdk'] = None\n"
        "from scout_codebase.errors import UsageError\n"
        "from scout_codebase.masking import mask\n"
        "try:\n    mask('a.py', '')\n"
        "except UsageError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cannot be masked" in done.stdout
    assert "--no-mask" in done.stdout


def test_the_detector_is_loaded_only_when_it_is_used() -> None:
    code = (
        "import sys, scout_codebase.pipeline, scout_codebase.cli\n"
        "print('kingfisher_sdk' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
