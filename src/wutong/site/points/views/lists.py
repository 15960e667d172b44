"""Top lists: all of the zone, one with who is on it, on its edge, new and gone; setting them up."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, ActionPage, FormPage, ListPage
from wutong.site.points.domain.lists import change_list, create_list, remove_list
from wutong.site.points.domain.queries.lists import listed
from wutong.site.points.enums import IN, TONES, Since, Standing
from wutong.site.points.interfaces.forms import ListForm, PlaceFilter
from wutong.site.points.models import TopList
from wutong.site.points.views.models import banners
from wutong.site.points.views.scores import band
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.packs import models_of, point_models


def names_of_models() -> dict[str, str]:
    """Return the names of the models by id, in the language of the page."""
    return {m.id: name_of(m) for m in point_models()}


class TopLists(ListPage):
    """The top lists of the zone."""

    permission = "points.view_scores"
    title = _("积分榜单")
    default_sort = "name"
    empty = _("还没有榜单。设立一个，如“创新积分500”，它就跟随最近一次计分。")
    columns = (
        Column("name", _("榜单名称"), sort="name"),
        Column("model", _("积分模型"), value=lambda t: names_of_models().get(t.model, t.model), sort="model"),
        Column("places", _("名额"), kind="number", sort="places"),
        Column("stage", _("阶段")), Column("sector", _("行业")),
        Column("ties", _("末位并列"), hide_small=True), Column("made_by.name", _("设立人"), hide_small=True),
    )

    def queryset(self):
        return TopList.objects.all().visible_to(self.request.user).select_related("made_by")

    def row_href(self, row) -> str:
        return reverse("points:list", args=[row.pk])

    def actions(self):
        yield Action(_("设立榜单"), reverse("points:list_new"), "points.change_lists", tone="primary", icon="star")


class Found:
    """Finds the list of the address among those the person may see."""

    def list_of(self) -> TopList:
        """Return the list, or answer 404."""
        return get_object_or_404(TopList.objects.all().visible_to(self.request.user), pk=self.kwargs["pk"])


class TopListPage(Found, ListPage):
    """Who is on a list, in what order, how surely, and what is new since the run before."""

    permission = "points.view_scores"
    template_name = "points/toplist.html"
    filter_form = PlaceFilter
    default_sort = "rank"
    per_page = 50
    empty = _("没有符合榜单条件的得分企业；模型还没有运行过时，请先发起一次运行。")
    columns = (
        Column("rank", _("名次"), kind="number", sort="rank"),
        Column("name", _("企业"), sort="name", href=lambda p: reverse("points:score", args=[p.pk])),
        Column("low", _("得分"), kind="number", places=2, sort="low"),
        Column("band", _("可能名次"), value=lambda p: band(p.best, p.worst)),
        Column("standing", _("状态"), kind="tag", value=lambda p: Standing(p.standing).label, tone=lambda p: TONES[p.standing]),
        Column("since", _("与上次相比"), kind="tag", value=lambda p: Since(p.since).label if p.since else None, tone=lambda p: TONES[p.since]),
        Column("before", _("上次名次"), kind="number", sort="before", hide_small=True),
        Column("grade", _("等级"), hide_small=True), Column("group", _("同行组"), hide_small=True),
    )

    def queryset(self):
        self.top = self.list_of()
        self.title = self.top.name
        self.run, self.all = listed(self.top, self.request.user)
        return self.all

    def context(self, **more):
        counts = (
            (_("入榜"), sum(p.standing in IN for p in self.all)), (_("其中可能落榜"), self._standing(Standing.SHAKY)),
            (_("榜外可能入榜"), self._standing(Standing.CLOSE)), (_("并列未入榜"), self._standing(Standing.TIED)),
            *((label, sum(p.since == value for p in self.all)) for value, label in Since.choices if self.run and self.run.previous_id))
        banner = banners(self.request.user.zone, {self.run.model} if self.run else ())
        return super().context(top=self.top, model=names_of_models().get(self.top.model), run=self.run, counts=counts, banner=banner, **more)

    def _standing(self, wanted: Standing) -> int:
        return sum(p.standing == wanted for p in self.all)

    def actions(self):
        yield Action(_("修改"), reverse("points:list_edit", args=[self.top.pk]), "points.change_lists", icon="settings")
        if self.run and self.run.previous_id:
            yield Action(_("名次变化"), reverse("points:comparison", args=[self.run.previous_id, self.run.pk]), icon="chart")
        yield Action(
            _("删除"), reverse("points:list_remove", args=[self.top.pk]), "points.change_lists", method="post", tone="danger",
            confirm=_("删除这个榜单的定义？计分结果不受影响。"))


class NewList(FormPage):
    """Set up a list."""

    permission = "points.change_lists"
    form_class = ListForm
    title = _("设立榜单")
    submit = _("保存")
    intro = _("榜单只是定义：取谁、取多少、并列怎么办。谁在榜上由最近一次计分决定。")

    def prepare(self):
        self.back = reverse("points:lists")

    def form_kwargs(self):
        user = self.request.user
        sectors = Company.objects.all().visible_to(user).exclude(sector="").order_by("sector").values_list("sector", flat=True).distinct()
        return {"models": [m for m in models_of(self.request.user.zone) if not m.empty], "sectors": sectors}

    def perform(self, form) -> str:
        made = create_list(actor=self.request.user, zone=self.request.user.zone, **form.cleaned_data)
        return reverse("points:list", args=[made.pk])


class EditList(Found, NewList):
    """Change what a list is of."""

    title = _("修改榜单")

    def prepare(self):
        self.top = self.list_of()
        self.back = reverse("points:list", args=[self.top.pk])

    def initial(self):
        return {name: getattr(self.top, name) for name in ListForm.base_fields}

    def perform(self, form) -> str:
        change_list(actor=self.request.user, top=self.top, **form.cleaned_data)
        return self.back


class RemoveList(Found, ActionPage):
    """Remove a list."""

    permission = "points.change_lists"
    done = _("榜单已删除。")

    def perform(self) -> str:
        remove_list(actor=self.request.user, top=self.list_of())
        return reverse("points:lists")
