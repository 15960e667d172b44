"""One call of every write of applications."""

from __future__ import annotations

import io
from decimal import Decimal

from wutong.site.applications.domain import applications as work
from wutong.site.core.domain.files import store_file
from wutong.site.runs.models import Match


def _officer(w):
    return w.here.people["zone_officer"]


def _user(w):
    return w.here.people["company_user"]


def _file(w):
    return store_file(actor=_user(w), zone=w.here.zone, content=io.BytesIO("企业名称\n甲\n".encode()), name="a.csv")


def _proposed(w):
    return work.propose(actor=_officer(w), application=w.here.submitted, grant=True, amount=Decimal(1000), note="符合")


CASES = {
    "application.start": lambda w: work.start_application(
        actor=_user(w), match=Match.objects.filter(run=w.here.run, company=w.here.company).order_by("-policy").first()),
    "application.attach": lambda w: work.attach(actor=_user(w), application=w.here.application, file=_file(w), shows="报告"),
    "application.submit": lambda w: work.submit(actor=_user(w), application=w.here.application, statement="说明"),
    "application.return": lambda w: work.return_application(actor=_officer(w), application=w.here.submitted, note="补附件"),
    "application.propose": _proposed,
    "application.decide": lambda w: work.decide(actor=w.here.people["zone_lead"], application=_proposed(w), grant=True),
    "application.withdraw": lambda w: work.withdraw(actor=_user(w), application=w.here.application),
}
