"""Tiles of the portals on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.queries.home import Panel, panel
from wutong.site.core.models import User
from wutong.site.portal.enums import QuestionState
from wutong.site.portal.models import Question
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match


def _now() -> str:
    return timezone.localtime().strftime("%Y-%m-%d %H:%M")


@panel(order=20)
def to_judge(user: User) -> Panel | None:
    """Answers that wait for an officer."""
    if not user.has_perm("portal.view_questions"):
        return None
    count = Question.objects.all().visible_to(user).filter(state=QuestionState.ANSWERED).count()
    return Panel(_("待审核的回答"), str(count), _("项"), href=reverse("portal:questions"), tone="warn" if count else "", as_of=_now())


@panel(order=20)
def to_answer(user: User) -> Panel | None:
    """Questions that wait for the own company."""
    if not user.has_perm("portal.view_own"):
        return None
    count = Question.objects.all().visible_to(user).filter(state=QuestionState.OPEN).count()
    return Panel(_("待您回答"), str(count), _("项"), href=reverse("portal:asked"), tone="warn" if count else "", as_of=_now())


@panel(order=31)
def own_policies(user: User) -> Panel | None:
    """How many policies the own company meets."""
    run = latest(RunKind.POLICIES) if user.has_perm("portal.view_own") else None
    if run is None:
        return None
    count = Match.objects.of(run).visible_to(user).filter(outcome=Outcome.ELIGIBLE).count()
    day = timezone.localtime(run.snapshot.known).strftime("%Y-%m-%d %H:%M")
    return Panel(_("本企业符合的政策"), str(count), _("项"), href=reverse("portal:home"), as_of=day)
