"""Completing a model that ships without weights: sheets to fill in, import with checks, what was proposed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.points.loader import parse_model
from wutong.site.core.domain.files import store_file
from wutong.site.core.interfaces.exports import attachment
from wutong.site.core.views.pages import Action, DetailPage, Field, FormPage, Page, Section
from wutong.site.points.domain.queries.sheets import KINDS, filled, sheet
from wutong.site.points.domain.weights import needs_weights, propose_weights
from wutong.site.points.interfaces.forms import WeightsForm
from wutong.site.points.views.models import TREE, Named, state_of, tree_of
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.runs.models import ZoneModel

XLSX = frozenset({"xlsx"})


class Sheet(Named, Page):
    """The weights sheet of a model, or the workbook of the data it needs; both hold no data of companies."""

    permission = "points.view_scores"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        model, kind = self.model_of(), kwargs["kind"]
        if kind not in KINDS or (kind == "weights" and not needs_weights(model)):
            raise Http404
        return attachment(sheet(model, kind), f"{model.id}-{model.version}-{kind}.xlsx")


class ImportWeights(Named, FormPage):
    """Upload a filled weights sheet; what is wrong is told with its place, what is right waits for another person."""

    permission = "points.import_weights"
    form_class = WeightsForm
    submit = _("检查并提交")
    intro = _("权重一律照官方文件填写，不得估计。系统核对每一格和每个合计；有错时逐格指出，不提交。没有错才提交，由另一人批准后园区的运行才使用。")

    def prepare(self):
        self.model = self.model_of()
        if not needs_weights(self.model):
            raise Http404
        self.title = _t("导入官方权重：%(model)s") % {"model": name_of(self.model)}
        self.back = reverse("points:model", args=[self.model.id, self.model.version])

    def initial(self):
        return {"by": self.request.user.name, "on": timezone.localdate()}

    def perform(self, form) -> str:
        user, given = self.request.user, dict(form.cleaned_data)
        upload, reason = given.pop("file"), given.pop("reason")
        stored = store_file(actor=user, zone=user.zone, content=upload, name=upload.name, allowed=XLSX)
        text, made = filled(self.model, stored, {key: str(value) for key, value in given.items()})
        weights = propose_weights(actor=user, zone=user.zone, text=text, made=made, file=stored, reason=reason)
        return reverse("points:weights", args=[weights.pk])


class WeightsPage(DetailPage):
    """Proposed weights as they would count: where they come from, and the whole tree."""

    permission = "points.view_scores"

    def queryset(self):
        return ZoneModel.objects.all().visible_to(self.request.user).select_related("approval", "adopted_by", "file")

    def find(self):
        found = super().find()
        self.model = parse_model(found.text, f"{found.model}.yaml")
        return found

    def heading(self) -> str:
        return f"{name_of(self.model)} {self.object.version}"

    def tags(self):
        return [state_of(self.object)]

    def actions(self):
        yield Action(_("模型说明"), reverse("points:model", args=[self.object.model, self.object.version]), icon="list")
        if self.object.approval_id:
            yield Action(_("审批"), reverse("core:approval", args=[self.object.approval_id]), "points.decide_weights", icon="check")

    def sections(self):
        weights = self.object
        yield Section(_("权重的来源"), (
            Field(_("文号"), weights.document), Field(_("条款"), weights.clause), Field(_("网址"), weights.url),
            Field(_("录入人"), weights.entered_by), Field(_("录入日期"), weights.entered_on), Field(_("提交时间"), weights.proposed_at),
            Field(_("批准人"), weights.adopted_by and weights.adopted_by.name), Field(_("采用时间"), weights.adopted_at),
            Field(_("权重表"), weights.file.name, href=reverse("core:file", args=[weights.file.pk])), Field(_("哈希"), weights.sha256[:16])))
        yield Section(_("指标与权重"), columns=TREE, rows=tree_of(self.model))
