"""The YAML form: read, written back, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from tests.dmn.test_xml import expressions, types, words

from wutong.dmn import dump_yaml, load_dmn, load_yaml
from wutong.dmn import model as dmn
from wutong.dmn.run import Run, run_model
from wutong.errors import WutongError

EXAMPLE = """
model: 示例
types:
  等级: {type: string, allowed: '"高", "低"'}
  人: {fields: {姓名: string, 年龄: number}}
  名单: {list: 人}
inputs: {年龄: number, 名单: 名单}
functions:
  双: {parameters: {a: number}, logic: a * 2}
decisions:
  结果:
    type: 等级
    needs: [年龄, 双]
    logic:
      table:
        hit: FIRST
        inputs: [双(年龄)]
        output: {values: '"高", "低"'}
        rules:
        - [">= 120", '"高"']
        - ["-", '"低"']
  长者:
    needs: [名单]
    logic: {filter: 名单, match: 年龄 >= 60}
  杂:
    needs: [结果]
    logic:
      context: {a: 5, b: 'null', c: true, d: 2026-11-01}
      result: '[a, b, c, 结果]'
services:
  服务: {outputs: [结果], inputs: [年龄]}
"""


def test_the_example_is_read_and_decided():
    model = load_yaml(EXAMPLE.encode())
    people = [{"姓名": "甲", "年龄": Decimal(61)}, {"姓名": "乙", "年龄": Decimal(59)}]
    values = run_model(model, {"年龄": Decimal(60), "名单": people})
    assert values == {"结果": "高", "长者": people[:1], "杂": [Decimal(5), None, True, "高"]}
    assert Run(model, {"年龄": Decimal(59)}).call("服务") == "低"
    assert load_yaml(dump_yaml(model)) == model


@given(expressions, words, types)
def test_a_model_survives_writing_and_reading(expression, name, type_ref):
    item = dmn.ItemDefinition("t", components=(dmn.ItemDefinition(name, "number", "> 0"),), collection=True)
    function = dmn.ItemDefinition("f", type_ref, parameters=(dmn.Parameter("p", "number"),))
    model = dmn.Model(
        name, "urn:n", "id", items=(item, function), inputs=(dmn.Input("i1", f"入{name}", type_ref),),
        decisions=(dmn.Decision("decision_1", "决策", type_ref, expression, ("i1",), ("k1",)),),
        functions=(dmn.BusinessKnowledge("k1", "函数", None, dmn.Function((dmn.Parameter("a"),), expression)),),
        services=(dmn.DecisionService("s1", "服务", None, ("decision_1",), (), (), ("i1",)),),
    )  # fmt: skip
    assert load_yaml(dump_yaml(model)) == model


def test_the_models_of_the_kit_survive(shared):
    for path in sorted((shared / "data" / "dmn-tck").rglob("*.dmn")):
        model = load_dmn(path)
        if not model.imports:
            assert load_yaml(dump_yaml(model)) == model, path.name


@pytest.mark.parametrize(("text", "code", "told"), [
    ("", "F222", "model"),
    ("a: [", "F221", ""),
    ("\x00", "F221", ""),
    ("model: m\nmodel: n", "F221", "model"),
    ("model: &x m\nid: *x", "F221", "alias"),
    ("model: m\ndecision: {}", "F222", "decisions"),
    ("model: m\ninputs: [a]", "F222", "inputs"),
    ("model: m\ninputs: {a: }\ndecisions: {a: {}}", "F222", "decisions.a"),
    ("model: m\ndecisions: {b: {logic: {tabel: {}}}}", "F222", "decisions.b.logic"),
    ("model: m\ndecisions: {b: {logic: {table: {hit: BEST}}}}", "F222", "UNIQUE"),
    ("model: m\ndecisions: {b: {logic: {table: {inputs: [x], rules: [['-']]}}}}", "F222", "rules.1"),
    ("model: m\ndecisions: {b: {logic: {if: a}}}", "F222", "then"),
    ("model: m\ninputs: {年龄: number}\ndecisions: {b: {needs: [年令], logic: '1'}}", "F223", "年龄"),
])  # fmt: skip
def test_what_is_refused(text, code, told):
    with pytest.raises(WutongError) as caught:
        load_yaml(text.encode())
    found = caught.value.diagnostics[0]
    assert found.code == code
    assert told in found.line("zh")


def test_a_model_with_imports_has_no_yaml_form():
    with pytest.raises(WutongError) as caught:
        dump_yaml(dmn.Model("m", imports=(dmn.Import("x", "urn:x"),)))
    assert caught.value.code == "F222"
