"""A request leads whoever decides it to what is decided."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from wutong.site.core.domain.approvals import KINDS
from wutong.site.policies.domain.adoption import propose_draft


def test_every_page_of_a_matter_is_an_address():
    wrong = []
    for kind in KINDS.values():
        try:
            wrong += [] if not kind.page[0] or reverse(kind.page[0], args=[1]) else [kind.code]
        except NoReverseMatch:
            wrong.append(kind.code)
    assert wrong == []


def test_the_lead_finds_what_he_is_to_agree_to(world, as_role):
    draft = propose_draft(actor=world.people["zone_officer"], draft=world.here.policy_draft, reason="同意")
    page = as_role("zone_lead").get(reverse("core:approval", args=[draft.approval_id])).content.decode()
    address = reverse("policies:draft", args=[draft.pk])
    assert f'href="{address}"' in page
    assert as_role("zone_lead").get(address).status_code == 200
