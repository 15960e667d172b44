"""Decision tables with every hit policy, and the parts of a model."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wutong.dmn import model as dmn
from wutong.dmn.run import Run, run_model
from wutong.errors import WutongError

LEVELS = '"高","中","低"'
RULES = ((">= 10", '"低"'), (">= 20", '"高"'), (">= 15", '"中"'))


def table(hit="UNIQUE", rules=RULES, **options):
    output = dmn.TableOutput(values=LEVELS, default=options.pop("default", None))
    lines = tuple(dmn.Rule((test,), (out,)) for test, out in rules)
    return dmn.DecisionTable((dmn.TableInput("x"),), (output,), lines, hit, **options)


def decided(expression, x):
    model = dmn.Model("m", inputs=(dmn.Input("i", "x", "number"),),
                      decisions=(dmn.Decision("d", "结果", expression=expression, needs=("i",)),))
    return run_model(model, {"x": None if x is None else Decimal(x)})["结果"]


@pytest.mark.parametrize(("hit", "x", "expected"), [
    ("UNIQUE", 12, "低"),
    ("UNIQUE", 16, None),
    ("UNIQUE", 5, None),
    ("ANY", 12, "低"),
    ("ANY", 16, None),
    ("FIRST", 25, "低"),
    ("PRIORITY", 25, "高"),
    ("PRIORITY", 16, "中"),
    ("RULE ORDER", 25, ["低", "高", "中"]),
    ("OUTPUT ORDER", 25, ["高", "中", "低"]),
    ("COLLECT", 16, ["低", "中"]),
    ("FIRST", None, None),
])  # fmt: skip
def test_hit_policies(hit, x, expected):
    assert decided(table(hit), x) == expected


@pytest.mark.parametrize(("aggregation", "expected"), [
    ("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)])
def test_aggregations(aggregation, expected):
    rules = (("> 0", "1"), ("> 0", "2"), ("> 0", "3"), ("> 100", "9"))
    found = decided(table("COLLECT", rules, aggregation=aggregation), 1)
    assert found == Decimal(expected)


def test_the_default_stands_in_when_no_rule_hits():
    assert decided(table("FIRST", default='"无"'), 1) == "无"
    assert decided(table("COLLECT", (("> 5", "1"),), aggregation="SUM", default="0"), 1) == Decimal(0)


def test_several_outputs_make_a_context():
    outputs = (dmn.TableOutput("分"), dmn.TableOutput("理 由"))
    both = dmn.DecisionTable((dmn.TableInput("x"),), outputs, (dmn.Rule(("-",), ("x + 1", '"a"')),), "FIRST")
    assert decided(both, 1) == {"分": Decimal(2), "理 由": "a"}


def test_boxed_expressions():
    def text(feel):
        return dmn.LiteralExpression(feel)

    add = dmn.Function((dmn.Parameter("a"), dmn.Parameter("b")), text("a + b"))
    context = dmn.Context((
        dmn.Entry("加", add),
        dmn.Entry("表", dmn.Relation((dmn.Parameter("n"),), ((text("x"),), (text("2"),)))),
        dmn.Entry("大", dmn.Filter(text("表"), text("n > 1"))),
        dmn.Entry("和", dmn.Invocation(text("加"), (dmn.Binding("b", text("3")), dmn.Binding("a", text("x"))))),
        dmn.Entry("有", dmn.Quantified("some", "r", text("表"), text("r.n = 2"))),
        dmn.Entry("倍", dmn.For("r", text("表"), text("r.n * 2"))),
        dmn.Entry(None, dmn.Conditional(text("有"), text("[大, 和, 倍]"), text("null"))),
    ))  # fmt: skip
    two = Decimal(2)
    assert decided(context, 1) == [[{"n": two}], Decimal(4), [two, Decimal(4)]]


def test_functions_and_services_are_called_by_name():
    adder = dmn.Function((dmn.Parameter("a", "number"),), dmn.LiteralExpression("a * 2"))
    model = dmn.Model(
        "m", inputs=(dmn.Input("i", "收入", "number"),),
        decisions=(
            dmn.Decision("d1", "一", expression=dmn.LiteralExpression("收入 + 1"), needs=("i",)),
            dmn.Decision("d2", "二", expression=dmn.LiteralExpression("双(一)"), needs=("d1",), knowledge=("f",)),
        ),
        functions=(dmn.BusinessKnowledge("f", "双", function=adder),),
        services=(dmn.DecisionService("s", "服务", outputs=("d2",), input_decisions=("d1",)),),
    )  # fmt: skip
    assert Run(model, {"收入": Decimal(4)}).value("二") == Decimal(10)
    assert Run(model, {"一": Decimal(7)}).call("服务") == Decimal(14)
    assert Run(model, {"a": Decimal(7)}).call("双") == Decimal(14)


def test_types_convert_and_refuse():
    level = dmn.ItemDefinition("tLevel", "string", allowed='"a", "b"')
    model = dmn.Model("m", items=(level,), inputs=(dmn.Input("i", "x", "tLevel"),),
                      decisions=(dmn.Decision("d", "y", expression=dmn.LiteralExpression("x"), needs=("i",)),))
    assert run_model(model, {"x": "a"}) == {"y": "a"}
    assert run_model(model, {"x": ["b"]}) == {"y": "b"}
    assert run_model(model, {"x": "c"}) == {"y": None}


def test_only_what_a_decision_requires_is_in_scope():
    model = dmn.Model("m", inputs=(dmn.Input("i", "x"),),
                      decisions=(dmn.Decision("d", "y", expression=dmn.LiteralExpression("x")),))
    assert run_model(model, {"x": Decimal(1)}) == {"y": None}


def test_circles_and_unknown_names_are_errors_and_unreadable_texts_are_noted():
    model = dmn.Model("m", decisions=(
        dmn.Decision("a", "甲", needs=("b",)), dmn.Decision("b", "乙", needs=("a",)),
        dmn.Decision("c", "丙", expression=dmn.LiteralExpression("1 +"))))
    with pytest.raises(WutongError) as caught:
        Run(model, {}).value("甲")
    assert caught.value.code == "F312"
    with pytest.raises(WutongError) as caught:
        Run(model, {}).value("丁")
    assert caught.value.code == "F311"
    run = Run(model, {})
    assert run.value("丙") is None
    assert [p.code for p in run.problems] == ["F102"]
