"""Every saved input of the fuzzer, and every input that once crashed, ends in a value or a coded error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[2] / "fuzz"
sys.path.insert(0, str(FUZZ))
from targets import TARGETS  # noqa: E402 - fuzz/ is no package


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_saved_inputs_of_a_target(name):
    folder = FUZZ / "seeds" / name
    assert any(folder.iterdir())
    for path in sorted(folder.iterdir()):
        TARGETS[name](path.read_bytes())


CRASHED = {
    # found by atheris on 2026-11-25
    "pack": [b"policy: a\npack: b\nversion: c\nname: d\nkind: tax\nin_force: {from: 2020-01-01}\nsources: {s: {doc_no: a, clause: b, "
             b"grade: V}}\nparameters: [{code: p, zh: P, value: " + value + b", source: s}]\n"
             b"conditions: [{code: e, zh: F, when: 1 = 1, source: s}]"
             for value in (b"1" * 45, b"1e400", b"1e-400", b"NaN", b"Infinity", b"-1e38")],
    "feel": [b"1e99999999999999999999", "上年营业收入 > 1e30万元".encode()],
    "interp": [b'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")', b'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a|a)*$", "b")',
               b'split("' + b"a" * 5000 + b'", ".*.*.*x")'],
    "dmn": [bytes([99, 80, 58, 4, 164, 46, 120, 255, 92]),
            bytes([217, 69, 67, 32, 168, 130, 104, 58, 112, 194, 152, 134, 125, 11, 240, 184, 114, 242, 207, 178, 244, 218, 184, 60])],
}  # fmt: skip


@pytest.mark.parametrize(("name", "data"), [(n, d) for n, inputs in CRASHED.items() for d in inputs])
def test_what_once_crashed(name, data):
    TARGETS[name](data)
