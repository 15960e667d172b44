"""Tokens: the own ones, a new one, the end of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.api.domain.tokens import make_token, revoke_token
from wutong.site.api.interfaces.forms import TokenForm
from wutong.site.api.models import Token
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, ActionPage, DetailPage, Field, FormPage, ListPage, Section


class Tokens(ListPage):
    """The own tokens and those of the own organisation."""

    permission = "api.hold_tokens"
    title = _("接口令牌")
    default_sort = "-made_at"
    empty = _("还没有令牌。程序用令牌读取本人有权读取的数据。")
    columns = (
        Column("name", _("用途")), Column("prefix", _("前缀"), kind="code"), Column("holder.name", _("持有人"), hide_small=True),
        Column("until", _("有效期至"), kind="date", sort="until"), Column("used_at", _("最近使用"), kind="time", sort="used_at"),
        Column("holds", _("有效"), kind="yes_no"), Column("made_at", _("创建时间"), kind="time", sort="made_at", hide_small=True),
    )

    def queryset(self):
        return Token.objects.all().visible_to(self.request.user).select_related("holder")

    def row_href(self, row) -> str:
        return reverse("api:token", args=[row.pk])

    def actions(self):
        return (Action(_("新令牌"), reverse("api:token_new"), tone="primary"),)


class TokenPage(DetailPage):
    """One token."""

    permission = "api.hold_tokens"

    def queryset(self):
        return Token.objects.all().visible_to(self.request.user).select_related("holder", "organisation")

    def actions(self):
        if self.object.holds:
            yield Action(_("吊销"), reverse("api:token_revoke", args=[self.object.pk]), method="post", tone="danger", confirm=_("立即吊销？"))
        yield Action(_("返回"), reverse("api:tokens"))

    def sections(self):
        t = self.object
        yield Section(_("接口令牌"), (
            Field(_("用途"), t.name), Field(_("前缀"), t.prefix), Field(_("持有人"), t.holder.name), Field(_("机构"), t.organisation),
            Field(_("有效期至"), t.until), Field(_("最近使用"), t.used_at), Field(_("吊销时间"), t.revoked_at)))


class TokenNew(FormPage):
    """Make a token and show it once."""

    permission = "api.hold_tokens"
    form_class = TokenForm
    title = _("新令牌")
    submit = _("生成")
    intro = _("令牌只能读取，权限与本人在园区里的权限相同；本人失去权限时随之失效。")

    def prepare(self):
        self.back = reverse("api:tokens")

    def perform(self, form) -> HttpResponse:
        token, text = make_token(actor=self.request.user, zone=self.request.user.zone, **form.cleaned_data)
        self.title = _t("令牌：%(name)s") % {"name": token.name}
        response = render(self.request, "api/token_once.html", self.context(token=token, text=text))
        response["Cache-Control"] = "no-store"
        return response


class TokenRevoke(ActionPage):
    """End a token."""

    permission = "api.hold_tokens"
    done = _("已吊销，立即失效。")

    def perform(self) -> str:
        rows = Token.objects.all().visible_to(self.request.user)
        revoke_token(actor=self.request.user, token=get_object_or_404(rows, pk=self.kwargs["pk"]))
        return self.fallback()

    def fallback(self) -> str:
        return reverse("api:tokens")
