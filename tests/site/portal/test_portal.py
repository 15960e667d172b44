"""Portals: a company's own pages, questions until they are facts, consents that end at once, what the public reads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from site_axe import faults

from wutong.errors import WutongError
from wutong.site.portal.domain.consents import end_consent, grant_consent
from wutong.site.portal.domain.queries.facts import asked_of
from wutong.site.portal.domain.questions import accept_answer, answer_question, ask_company, return_answer
from wutong.site.portal.enums import QuestionState
from wutong.site.portal.models import Consent, Question
from wutong.site.registry.models import Fact
from wutong.site.runs.models import Match, Score

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_question_becomes_a_sourced_fact_only_when_an_officer_takes_it(world, in_zone):
    officer, user, question = world.here.people["zone_officer"], world.here.people["company_user"], world.here.question
    with pytest.raises(WutongError, match="W741"):
        ask_company(actor=officer, company=world.here.company, asked=asked_of("2025年研发费用"), why="")
    answered = answer_question(actor=user, question=question, value=Decimal("123.40"), source="2025年度审计报告", evidence=None)
    assert not Fact.objects.filter(company=world.here.company, code="rd_cost").exists()
    returned = return_answer(actor=officer, question=answered, note="请附报告")
    assert (returned.state, returned.note) == (QuestionState.OPEN, "请附报告")
    again = answer_question(actor=user, question=returned, value=Decimal(125), source="2025年度审计报告", evidence=None)
    taken = accept_answer(actor=officer, question=again)
    fact = Fact.objects.get(company=world.here.company, code="rd_cost")
    assert (fact.period, fact.value, fact.unit, fact.source, fact.number) == ("2025", "125", "元", "企业填报：2025年度审计报告", Decimal(125))
    assert taken.recorded == fact
    with pytest.raises(WutongError, match="W742"):
        accept_answer(actor=officer, question=taken)


def test_a_company_answers_with_a_file_of_its_own(world, as_role):
    client = as_role("company_user")
    address = reverse("portal:answer", args=[world.here.question.pk])
    refused = client.post(address, {"value": "abc", "source": ""})
    assert refused.status_code == 422
    upload = SimpleUploadedFile("报告.pdf", PDF, "application/pdf")
    assert client.post(address, {"value": "100.5", "source": "审计报告", "evidence": upload}).status_code == 302
    question = Question.objects.get(pk=world.here.question.pk)
    assert (question.value, question.state, question.evidence.name) == ("100.5", QuestionState.ANSWERED, "报告.pdf")
    assert b"".join(client.get(reverse("core:file", args=[question.evidence_id]))) == PDF


def test_a_company_reads_its_own_results_and_nobody_elses(world, as_role):
    client = as_role("company_user")
    home = client.get(reverse("portal:home")).content.decode()
    own, foreign = world.here.company, world.here.foreign
    assert own.name in home
    assert foreign.name not in home
    theirs = Match.objects.filter(run=world.here.run, company=foreign).first()
    score = Score.objects.get(run=world.here.points_run, company=foreign)
    for address in (reverse("policies:match", args=[theirs.pk]), reverse("points:score", args=[score.pk])):
        answer = client.get(address)
        assert answer.status_code == 404
        assert foreign.name not in answer.content.decode()
    match = client.get(reverse("policies:match", args=[world.here.match.pk])).content.decode()
    assert world.here.match.policy_name in match
    assert "/runs/" not in match


def test_after_withdrawal_a_bank_finds_nothing(world, as_role):
    client, address = as_role("bank"), reverse("portal:bank_company", args=[world.here.company.uscc])
    assert world.here.company.name in client.get(address).content.decode()
    assert world.here.company.name in client.get(reverse("portal:bank")).content.decode()
    assert client.get(reverse("portal:bank_company", args=[world.here.foreign.uscc])).status_code == 404
    end_consent(actor=world.here.people["company_user"], consent=world.here.consent)
    gone = client.get(address)
    assert gone.status_code == 404
    assert world.here.company.name not in gone.content.decode()
    assert world.here.company.name not in client.get(reverse("portal:bank")).content.decode()
    with pytest.raises(WutongError, match="W744"):
        end_consent(actor=world.here.people["company_user"], consent=world.here.consent)


def test_a_consent_holds_for_its_time_only(world, in_zone, as_role):
    Consent.objects.filter(pk=world.here.consent.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert as_role("bank").get(reverse("portal:bank_company", args=[world.here.company.uscc])).status_code == 404
    with pytest.raises(WutongError, match="W743"):
        grant_consent(actor=world.here.people["company_user"], company=world.here.company, purpose="贷款",
                      organisation=world.here.people["bank"].organisation, until=timezone.localdate() + timedelta(days=400))


def test_a_company_sees_who_looked(world, as_role):
    as_role("bank").get(reverse("portal:bank_company", args=[world.here.company.uscc]))
    as_role("zone_officer").get(reverse("portraits:file", args=[world.here.company.uscc, "json"]))
    page = as_role("company_user").get(reverse("portal:looked")).content.decode()
    bank, officer = world.here.people["bank"].name, world.here.people["zone_officer"].name
    assert f'data-label="谁">{bank}<' in page
    assert page.count(f'data-label="谁">{officer}<') >= 1
    assert world.here.people["bank"].username not in page


def test_the_public_page_names_no_company(world, client):
    page = client.get(reverse("portal:zone", args=[world.here.zone.code])).content.decode()
    assert world.here.award_list.title in page
    assert world.here.company.name not in page
    assert client.get(reverse("portal:zone", args=["nowhere"])).status_code == 404


@pytest.mark.browser
def test_portals_in_the_browser(live_world, browse):
    place = live_world.here
    for role, address, name in (
        ("company_user", reverse("portal:home"), "home"), ("company_user", reverse("portal:answer", args=[place.question.pk]), "answer"),
        ("company_user", reverse("portal:consents"), "consents"), ("company_user", reverse("portal:looked"), "looked"),
        ("zone_officer", reverse("portal:questions"), "questions"), ("zone_officer", reverse("portal:ask", args=[place.company.uscc]), "ask"),
        ("bank", reverse("portal:bank_company", args=[place.company.uscc]), "bank"), ("anonymous", reverse("portal:zone", args=[place.zone.code]), "zone"),
    ):
        page = browse(role, address, shot=f"portal-{name}")
        assert faults(page) == [], address
    for role, address, name in (("company_user", reverse("portal:home"), "home"), ("anonymous", reverse("portal:zone", args=[place.zone.code]), "zone")):
        browse(role, address, width=390, shot=f"portal-{name}")
