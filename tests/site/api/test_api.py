"""The API: what a token opens and what it does not, errors, limits, and every operation as its schema says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from wutong.errors import WutongError
from wutong.site.api.domain.tokens import make_token, revoke_token
from wutong.site.api.models import Token
from wutong.site.api.v1.api import AT_ONCE, api
from wutong.site.core.domain.users import switch_user
from wutong.site.core.models import AuditEvent

OPERATIONS = yaml.safe_load(Path(__file__).with_name("operations.yaml").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


def call(address: str, text: str | None = None, **query):
    """Ask the API."""
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    return Client().get(address, query, headers=headers)


def address_of(name: str, world) -> str:
    """Return the address of an operation about the company of `here`."""
    known = {"company": world.here.company.uscc, **world.match_args}
    return reverse(f"api:v1:{name}", kwargs={k: known[v] for k, v in OPERATIONS[name].get("args", {}).items()})


def test_every_operation_stands_in_the_file_and_no_other():
    found = {op["operationId"] for path in api.get_openapi_schema()["paths"].values() for op in path.values()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("role", ["zone_officer", "zone_lead", "zone_viewer", "company_user", "bank"])
def test_a_token_opens_what_its_holder_may_read(world, role):
    opened = {name for name in OPERATIONS if call(address_of(name, world), world.here.tokens[role]).status_code == 200}
    assert opened == {name for name, row in OPERATIONS.items() if role in row["allow"]}


@pytest.mark.parametrize("role", ["zone_officer", "company_user", "bank"])
def test_another_zones_token_reads_nothing_of_this_one(world, role):
    names = [world.here.zone.name, *(c.name for c in world.here.companies), world.here.company.uscc]
    for name, row in OPERATIONS.items():
        answer = call(address_of(name, world), world.there.tokens[role])
        assert answer.status_code in ((403, 404) if row.get("args") else (200, 403)), name
        assert [n for n in names if n in answer.content.decode()] == [], name


def test_a_companys_token_reads_its_own_company_only(world):
    text = world.here.tokens["company_user"]
    assert [c["uscc"] for c in call(reverse("api:v1:companies"), text).json()["items"]] == [world.here.company.uscc]
    for name in ("company", "facts", "matches", "scores"):
        answer = call(reverse(f"api:v1:{name}", args=[world.here.foreign.uscc]), text)
        assert answer.status_code == 404
        assert world.here.foreign.name not in answer.content.decode()


def test_figures_keep_every_digit_and_name_their_source(world):
    facts = call(reverse("api:v1:facts", args=[world.here.company.uscc]), world.here.tokens["zone_officer"]).json()
    revenue = next(f for f in facts if f["code"] == "revenue")
    assert (revenue["value"], revenue["period"], revenue["unit"], revenue["source"]) == ("12345678.90", "2025", "元", "2025年度审计报告")
    score = call(reverse("api:v1:scores", args=[world.here.company.uscc]), world.here.tokens["zone_officer"]).json()[0]
    assert (score["run"], score["low"]) == (world.here.points_run.number, f"{world.here.score.low:f}")


def test_companies_are_found_by_pinyin_initials(world):
    found = call(reverse("api:v1:companies"), world.here.tokens["zone_officer"], q="bscK").json()
    assert [c["name"] for c in found["items"]] == [world.here.foreign.name]


def test_a_parameter_nobody_knows_is_refused(world):
    for name in ("companies", "zone"):
        answer = call(reverse(f"api:v1:{name}"), world.here.tokens["zone_officer"], query="x")
        assert (answer.status_code, answer.json()["code"]) == (422, "W767")


def test_without_a_token_that_holds_nothing_opens(world):
    good = world.here.tokens["zone_officer"]
    for text in (None, "x", good[:-1], good + "x", good.replace("wtg_", "wtx_"), "wtg_" + "0" * 8 + "_x"):
        answer = call(reverse("api:v1:zone"), text)
        assert (answer.status_code, answer.json()["code"], answer["WWW-Authenticate"]) == (401, "W764", "Bearer")
    revoke_token(actor=world.here.people["zone_officer"], token=world.here.token)
    assert call(reverse("api:v1:zone"), good).status_code == 401
    with pytest.raises(WutongError, match="W762"):
        revoke_token(actor=world.here.people["zone_officer"], token=world.here.token)


def test_a_token_ends_with_its_time_and_with_its_holder(world):
    good = world.here.tokens["zone_officer"]
    assert call(reverse("api:v1:zone"), good).status_code == 200
    with scopes_disabled():
        Token.objects.filter(pk=world.here.token.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert call(reverse("api:v1:zone"), good).status_code == 401
    lead = world.here.tokens["zone_lead"]
    switch_user(actor=world.admins["system_admin"], user=world.here.people["zone_lead"], active=False)
    assert call(reverse("api:v1:zone"), lead).status_code == 401
    with pytest.raises(WutongError, match="W761"):
        make_token(actor=world.here.people["zone_officer"], zone=world.here.zone, name="x", until=timezone.localdate() + timedelta(days=400))


def test_only_the_hash_is_kept_and_use_is_on_record(world):
    text = world.here.tokens["zone_officer"]
    with scopes_disabled():
        row = Token.objects.filter(pk=world.here.token.pk).values().get()
    assert text.rpartition("_")[2] not in str(row)
    before = AuditEvent.objects.filter(action="token.use").count()
    for _n in range(3):
        call(reverse("api:v1:zone"), text)
    assert AuditEvent.objects.filter(action="token.use").count() == before + 1


def test_too_many_requests_wait(world):
    text, address = world.here.tokens["zone_officer"], reverse("api:v1:zone")
    assert {call(address, text).status_code for _n in range(AT_ONCE)} == {200}
    answer = call(address, text)
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (429, "60", "W765")
    assert call(address, world.here.tokens["zone_lead"]).status_code == 200


def test_an_answer_that_has_not_changed_is_not_sent_again(world):
    text, address = world.here.tokens["zone_officer"], reverse("api:v1:companies")
    first = call(address, text)
    tag = first["ETag"]
    assert (first.status_code, first["Cache-Control"]) == (200, "private, no-cache")
    for sent, status in ((tag, 304), (f"W/{tag}", 304), ('"x"', 200)):
        again = Client().get(address, headers={"Authorization": f"Bearer {text}", "If-None-Match": sent})
        assert (again.status_code, again["ETag"], again.content == b"") == (status, tag, status == 304)
    assert call(address, world.here.tokens["company_user"])["ETag"] != tag
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 401


def test_the_text_of_a_token_is_shown_once(world, as_role):
    client = as_role("company_user")
    page = client.post(reverse("api:token_new"), {"name": "对接财务系统", "until": timezone.localdate().isoformat()})
    text = page.content.decode().partition("<code>")[2].partition("</code>")[0]
    assert page["Cache-Control"] == "no-store"
    assert call(reverse("api:v1:zone"), text).status_code == 200
    assert text not in client.get(reverse("api:tokens")).content.decode()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda m: m.value)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_answers_as_its_schema_says(world, monkeypatch, name, mode):
    monkeypatch.setattr("wutong.site.api.v1.api.AT_ONCE", 1_000_000)
    # a request through WSGI would close the connection the test's transaction lives on
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.close_if_unusable_or_obsolete", lambda _self: None)
    schema = schemathesis.openapi.from_wsgi(reverse("api:v1:openapi-json"), get_wsgi_application())
    operation = next(r.ok() for r in schema.get_all_operations() if r.ok().definition.raw["operationId"] == name)
    headers = {"Authorization": f"Bearer {world.here.tokens['zone_officer']}"}

    @settings(max_examples=25, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        answer = case.call_and_validate(headers=headers)
        if answer.status_code != 200:
            assert set(answer.json()) == {"code", "zh", "en"}

    check()
