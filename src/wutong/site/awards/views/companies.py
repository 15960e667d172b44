"""What concerns a single award: own awards, letters, objections, answers, money returned."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.awards.domain.budgets import claw_back
from wutong.site.awards.domain.lists import answer_objection, file_objection
from wutong.site.awards.domain.queries.files import LETTERS, letter_of
from wutong.site.awards.enums import TONES, AwardState
from wutong.site.awards.interfaces.forms import AnswerForm, ObjectionForm, ReturnForm
from wutong.site.awards.models import Award, Objection, Payment
from wutong.site.awards.views.lists import yuan
from wutong.site.core.domain.reveal import note_export
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.exports import attachment, dated
from wutong.site.core.views.pages import FormPage, ListPage, Page


class Mine(ListPage):
    """The awards of the own company, once they are published."""

    permission = "awards.view_own"
    title = _("我的奖补")
    default_sort = "-award_list.until"
    empty = _("还没有公示过给本企业的奖补。")
    columns = (
        Column("benefit_name", _("奖补"), href=lambda a: reverse("awards:letter", args=[a.pk, "pdf"]) if a.award_list.run_id else ""),
        Column("policy_name", _("政策")),
        Column("amount", _("金额"), kind="money", unit=_("万元"), places=2, sort="amount", value=lambda a: yuan(a.amount)),
        Column("state", _("状态"), kind="tag", tone=lambda a: TONES[AwardState(a.state)]),
        Column("award_list.rehearsal", _("演练"), kind="yes_no", hide_small=True),
        Column("award_list.until", _("公示截止"), kind="date", sort="award_list__until"),
        Column("note", _("说明"), hide_small=True),
        Column("object", _("异议"), value=lambda a: _t("提出异议") if a.award_list.is_open else None,
               href=lambda a: reverse("awards:object", args=[a.pk]) if a.award_list.is_open else ""),
    )

    def queryset(self):
        return Award.objects.all().visible_to(self.request.user).select_related("award_list", "company")


class OfAward:
    """A page about one award."""

    def award(self) -> Award:
        """Return the award of the address, or answer 404."""
        rows = Award.objects.all().visible_to(self.request.user).select_related("award_list__run__zone", "company", "zone")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def back_to(self, award: Award) -> str:
        """Return where this person came from: the list, or the own awards."""
        staff = self.request.user.has_perm("awards.view_lists")
        return reverse("awards:list", args=[award.award_list_id]) if staff else reverse("awards:mine")


class LetterFile(OfAward, Page):
    """The letter about an award, as Word or PDF."""

    permission = "awards.read_letters"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        award, kind = self.award(), kwargs["kind"]
        if kind not in LETTERS or award.award_list.run is None:
            raise Http404
        content = letter_of(award, kind)
        note_export(actor=request.user, what="awards:letter", rows=1, query=award.key, format_=kind)
        return attachment(content, dated(f"{award.company}-{award.policy_name}", kind), LETTERS[kind])


class Object(OfAward, FormPage):
    """File an objection."""

    permission = "awards.object"
    form_class = ObjectionForm
    title = _("提出异议")
    submit = _("提交")

    def prepare(self):
        self.found = self.award()
        self.back, self.intro = self.back_to(self.found), str(self.found)

    def perform(self, form) -> str:
        file_objection(actor=self.request.user, award=self.found, text=form.cleaned_data["text"])
        return self.back


class Answer(FormPage):
    """Answer an objection."""

    permission = "awards.change_lists"
    form_class = AnswerForm
    title = _("答复异议")
    submit = _("答复")

    def prepare(self):
        rows = Objection.objects.all().visible_to(self.request.user).select_related("award__award_list", "award__company")
        self.objection = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = reverse("awards:list", args=[self.objection.award.award_list_id])
        self.intro = f"{self.objection.award}：{self.objection.text}"

    def perform(self, form) -> str:
        answer_objection(actor=self.request.user, objection=self.objection, **form.cleaned_data)
        return self.back


class ClawBack(FormPage):
    """Note money that came back."""

    permission = "awards.decide"
    form_class = ReturnForm
    title = _("登记追回")
    submit = _("登记")

    def prepare(self):
        rows = Payment.objects.all().visible_to(self.request.user).select_related("award__company")
        self.payment = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = reverse("awards:list", args=[self.payment.award.award_list_id])
        self.intro = str(self.payment.award)

    def perform(self, form) -> str:
        claw_back(actor=self.request.user, payment=self.payment, **form.cleaned_data)
        return self.back
