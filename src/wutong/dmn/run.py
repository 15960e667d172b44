"""Evaluating a DMN model with the reference interpreter, one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wutong.dmn import model as dmn
from wutong.dmn.boxed import boxed, function_value
from wutong.dmn.logic import Logic, kinds_of
from wutong.errors import Diagnostic, WutongError
from wutong.feel.interp import Scope, make_function
from wutong.feel.kinds import coerce
from wutong.feel.values import FunctionValue, invoke


@dataclass(slots=True)
class Run:
    """One case: a model and its inputs, by name; decisions are evaluated once, when asked for.

    Values are interpreter values (`wutong.feel.values.from_python`). An input of an imported model is given
    under its own name. What could not be read or run is null and listed in `problems`.
    """

    model: dmn.Model
    inputs: Mapping[str, Any]
    problems: list[Diagnostic] = field(default_factory=list)
    _logics: dict[str, Logic] = field(default_factory=dict)
    _known: dict[tuple[str, str], Any] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)

    def value(self, name: str) -> Any:
        """Return the value of an input, decision, function or service by name; F311 if there is none."""
        element = self.model.named(name)
        if element is None:
            raise WutongError.of("F311", name=name, model=self.model.name)
        return self._value(self.model, element)

    def decisions(self) -> dict[str, Any]:
        """Return the values of all decisions by name."""
        return {d.name: self.value(d.name) for d in self.model.decisions}

    def call(self, name: str) -> Any:
        """Call a function or service with the inputs as its named arguments, absent ones null."""
        function = self.value(name)
        if not isinstance(function, FunctionValue):
            return function
        return invoke(function, [self.inputs.get(p) for p in function.parameters])

    # -- elements -----------------------------------------------------------------------------------

    def _value(self, model: dmn.Model, element: dmn.Element) -> Any:
        key = (model.namespace, element.id)
        if key not in self._known:
            if key in self._open:
                raise WutongError.of("F312", name=element.name)
            self._open.add(key)
            self._known[key] = self._compute(model, element)
            self._open.discard(key)
        return self._known[key]

    def _compute(self, model: dmn.Model, element: dmn.Element) -> Any:
        logic = self._logic(model)
        match element:
            case dmn.Input():
                return coerce(self.inputs.get(element.name), logic.kind(element.type_ref))
            case dmn.Decision():
                value = boxed(element.expression, self._scope(model, element.needs + element.knowledge), logic)
                return value if isinstance(value, FunctionValue) else coerce(value, logic.kind(element.type_ref))
            case dmn.BusinessKnowledge(function=dmn.Function() as function):
                return function_value(function, self._scope(model, element.knowledge), logic, element.type_ref)
            case dmn.DecisionService():
                return self._service(model, element)
        return None

    def _logic(self, model: dmn.Model) -> Logic:
        if model.namespace not in self._logics:
            self._logics[model.namespace] = Logic(model.members(), kinds_of(model), self.problems)
        return self._logics[model.namespace]

    def _scope(self, model: dmn.Model, references: tuple[str, ...]) -> Scope:
        values: dict[str, Any] = {}
        for reference in references:
            self._bind(values, model, reference)
        return Scope(values, types=self._logic(model).kinds)

    def _bind(self, values: dict[str, Any], model: dmn.Model, reference: str) -> None:
        found = model.resolve(reference)
        if found is None:
            self.problems.append(Diagnostic.of("F313", reference=reference, model=model.name))
            return
        alias, owner, element = found
        place = values if alias is None else values.setdefault(alias, {})
        place[element.name] = self._value(owner, element)

    # -- services -----------------------------------------------------------------------------------

    def _service(self, model: dmn.Model, service: dmn.DecisionService) -> FunctionValue:
        found = [model.resolve(r) for r in (*service.inputs, *service.input_decisions)]
        given = [(owner, element) for _, owner, element in (f for f in found if f)]
        outputs = [f for f in map(model.resolve, service.outputs) if f]
        parameters = [(e.name, self._logic(owner).kind(e.type_ref)) for owner, e in given]

        def body(scope: Scope) -> Any:
            inner = Run(self.model, {**self.inputs, **scope.values}, self.problems, self._logics)
            for owner, element in given:
                inner._known[(owner.namespace, element.id)] = scope.values[element.name]
            values = {e.name: inner._value(owner, e) for _, owner, e in outputs}
            return values if len(values) != 1 else next(iter(values.values()))

        result = self._logic(model).kind(service.type_ref)
        if result is not None and result.name == "function":
            result = result.result
        return make_function(parameters, body, Scope(types=self._logic(model).kinds), result)


def run_model(model: dmn.Model, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all decisions of a model for one case; raises F312 if decisions need each other."""
    return Run(model, inputs).decisions()
