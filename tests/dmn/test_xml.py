"""DMN XML in and out, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.dmn import dump_dmn, load_dmn
from wutong.dmn import model as dmn
from wutong.errors import WutongError

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="n" id="i">'

words = st.text("收入x ab(元)-.&<>\"'", min_size=1, max_size=8).map(lambda t: " ".join(t.split()) or "x")
feel = st.sampled_from(["1", "a < b & c", '"文 字"', "-", "x\ny"]).map(dmn.LiteralExpression)
types = st.none() | st.sampled_from(["number", "tX"])


def tables():
    def build(texts, hit, aggregation, default):
        rules = tuple(dmn.Rule((t, "-"), ("1",), ("注 1",)) for t in texts)
        inputs = (dmn.TableInput("a", "number", "[1..9]", "甲"), dmn.TableInput("b"))
        output = dmn.TableOutput(None, "number", "1, 2", default)
        return dmn.DecisionTable(
            inputs, (output,), rules, hit, aggregation if hit == "COLLECT" else None, ("说明",), "出")

    hits = st.sampled_from(["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"])
    cells = st.lists(st.sampled_from(["< 5", "not(1)", '"a", "b"']), max_size=3)
    return st.builds(build, cells, hits, st.sampled_from([None, "SUM", "COUNT"]), st.sampled_from([None, "0"]))


def lines(build, *parts):
    """Up to two named parts of different names; two of one name are no valid model."""
    return st.lists(st.builds(build, words, *parts), max_size=2, unique_by=lambda line: line.name).map(tuple)


def grow(inner):
    parameters = lines(dmn.Parameter, types)
    return st.one_of(
        st.builds(dmn.Context, lines(dmn.Entry, inner, types)),
        st.builds(dmn.ListExpression, st.lists(inner, max_size=2).map(tuple)),
        st.builds(dmn.Invocation, inner, lines(dmn.Binding, inner)),
        st.builds(dmn.Function, parameters, inner, type_ref=types),
        st.builds(dmn.Conditional, inner, inner, inner),
        st.builds(dmn.For, words, inner, inner, type_ref=types),
        st.builds(dmn.Quantified, st.sampled_from(["some", "every"]), words, inner, inner),
        st.builds(dmn.Filter, inner, inner),
        st.builds(lambda c: dmn.Relation((dmn.Parameter("列", "number"),), ((c,), (c,))), inner),
    )


expressions = st.recursive(feel | tables(), grow, max_leaves=5)


@given(expressions, words, types)
def test_a_model_survives_writing_and_reading(expression, name, type_ref):
    item = dmn.ItemDefinition("t", components=(dmn.ItemDefinition(name, "number", "> 0"),), collection=True)
    function = dmn.ItemDefinition("f", type_ref, parameters=(dmn.Parameter("p", "number"),))
    model = dmn.Model(
        name, "urn:n", "id", items=(item, function), inputs=(dmn.Input("i1", name, type_ref),),
        decisions=(dmn.Decision("d1", "决策", type_ref, expression, ("i1",), ("k1",)),),
        functions=(dmn.BusinessKnowledge("k1", "函数", None, dmn.Function((dmn.Parameter("a"),), expression)),),
        services=(dmn.DecisionService("s1", "服务", None, ("d1",), (), (), ("i1",)),),
    )  # fmt: skip
    data = dump_dmn(model)
    assert load_dmn(data) == model
    assert dump_dmn(load_dmn(data)) == data


@pytest.mark.parametrize(("text", "code"), [
    ("", "F201"),
    ("no xml", "F201"),
    (HEAD, "F201"),
    ("<definitions/>", "F202"),
    ('<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>', "F202"),
    (f'<!DOCTYPE d [<!ENTITY x "y">]>{HEAD}<description>&x;</description></definitions>', "F203"),
    (f"<!DOCTYPE definitions>{HEAD}</definitions>", "F203"),
    (f"{HEAD}<decision/></definitions>", "F205"),
    (f'{HEAD}<decision name="d"><decisionTable hitPolicy="BEST"/></decision></definitions>', "F205"),
    (f'{HEAD}<decision name="d"><decisionTable><output/><rule/></decisionTable></decision></definitions>', "F205"),
    (f'{HEAD}<decision name="d"><filter/></decision></definitions>', "F205"),
])  # fmt: skip
def test_what_is_refused(text, code):
    with pytest.raises(WutongError) as caught:
        load_dmn(text.encode())
    assert caught.value.code == code


def test_external_entities_are_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    text = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{HEAD}<description>&x;</description></definitions>'
    with pytest.raises(WutongError) as caught:
        load_dmn(text.encode())
    assert caught.value.code == "F203"


def test_a_missing_file_is_an_error_with_a_place(tmp_path):
    with pytest.raises(WutongError) as caught:
        load_dmn(tmp_path / "none.dmn")
    assert (caught.value.code, caught.value.diagnostics[0].place.file) == ("F201", str(tmp_path / "none.dmn"))


@pytest.mark.parametrize("version", ["20180521", "20191111", "20211108"])
def test_earlier_versions_are_read(version):
    scheme = "http" if version == "20180521" else "https"
    head = HEAD.replace("https://www.omg.org/spec/DMN/20230324", f"{scheme}://www.omg.org/spec/DMN/{version}")
    model = load_dmn(f'{head}<inputData name="a  b" id="x"/></definitions>'.encode())
    assert model.inputs == (dmn.Input("x", "a b"),)


def test_imports_are_found_beside_the_file_and_circles_end(tmp_path):
    def write(name, other):
        text = HEAD.replace('namespace="n"', f'namespace="{name}"')
        link = f'<import name="{other}" namespace="{other}" importType="x"/>'
        (tmp_path / f"{name}.dmn").write_text(f'{text}{link}<inputData name="x" id="{name}x"/></definitions>', "utf-8")

    write("a", "b")
    write("b", "a")
    model = load_dmn(tmp_path / "a.dmn")
    inner = model.imports[0].model
    assert inner is not None
    assert inner.imports[0].model is None
    assert model.resolve("b#bx") == ("b", inner, inner.inputs[0])
