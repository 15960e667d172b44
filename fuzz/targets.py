"""What the fuzzer may throw anything at: each target takes bytes and may raise nothing but a coded error.

A target is a plain function, so that saved inputs are ordinary tests (tests/fuzz/test_saved_inputs.py).
"""

from __future__ import annotations

from datetime import date

from wutong.dmn.writer import dump_dmn
from wutong.dmn.xml import load_dmn
from wutong.errors import WutongError
from wutong.feel.interp import Scope, evaluate
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.feel.printer import to_text
from wutong.packs.loader import parse_policy
from wutong.policy.evaluate import compile_block

NAMES = ("a", "b c", "上年营业收入", "职工总数（人）")


def feel(data: bytes) -> None:
    """Read an expression and a cell in both profiles; what was read prints to something that reads the same."""
    text = data.decode("utf-8", "replace")
    for profile in ("dmn", "policy"):
        for parse in (parse_expression, parse_unary_tests):
            try:
                tree = parse(text, names=NAMES, profile=profile)
            except WutongError:
                continue
            assert parse(to_text(tree), names=NAMES, profile=profile) == tree


def interp(data: bytes) -> None:
    """Evaluate an expression over a small scope."""
    try:
        evaluate(parse_expression(data.decode("utf-8", "replace"), names=NAMES), Scope({"a": None, "b c": "文"}))
    except WutongError:
        return


def xml(data: bytes) -> None:
    """Read a DMN file; what was read is written and reads the same."""
    try:
        model = load_dmn(data)
    except WutongError:
        return
    if not model.imports:
        assert load_dmn(dump_dmn(model)) == model


def pack(data: bytes) -> None:
    """Read a policy file and compile it."""
    try:
        policy = parse_policy(data.decode("utf-8", "replace"), "fuzz.yaml")
        compile_block([policy], {"companies": {}}, date(2026, 11, 1))
    except WutongError:
        return


TARGETS = {"feel": feel, "interp": interp, "xml": xml, "pack": pack}
