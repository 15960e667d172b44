"""Steps of an import: each calls one function of the domain."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.files import TABLES, store_file
from wutong.site.core.views.pages import ActionPage, FormPage
from wutong.site.imports.domain import batches
from wutong.site.imports.interfaces.forms import HeadersForm, NewImportForm, PolicyForm, ProposeForm
from wutong.site.imports.models import ImportBatch


class ImportNew(FormPage):
    """Upload a file."""

    permission = "imports.propose"
    form_class = NewImportForm
    title = _("导入数据")
    submit = _("上传并检查")
    intro = _("先检查，不写入：系统会列出新企业、更新、与其他来源不一致的和不能写入的，确认后再写入。")

    def prepare(self) -> None:
        self.back = reverse("imports:imports")

    def perform(self, form: Any) -> str:
        data, user = dict(form.cleaned_data), self.request.user
        upload = data.pop("file")
        stored = store_file(actor=user, zone=user.zone, content=upload, name=upload.name, allowed=TABLES)
        batch = batches.start_import(actor=user, zone=user.zone, file=stored, **data)
        return reverse("imports:import", args=[batch.pk])


class OfBatch:
    """A step of one batch the person may see."""

    def prepare(self) -> None:
        """Find the batch or answer 404."""
        rows = ImportBatch.objects.all().visible_to(self.request.user).select_related("file", "approval")
        self.batch = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = self.fallback()

    def fallback(self) -> str:
        """Return the address of the batch."""
        return reverse("imports:import", args=[self.kwargs["pk"]])


class ImportHeaders(OfBatch, FormPage):
    """Say what headers mean."""

    permission = "imports.propose"
    template_name = "imports/headers.html"
    form_class = HeadersForm
    title = _("核对表头")
    submit = _("保存并重新检查")
    intro = _("只需填写识别错或未识别的表头；填写“-”则跳过该列。本园区以后的文件会沿用。")

    def form_kwargs(self) -> dict[str, Any]:
        return {"batch": self.batch}

    def perform(self, form: HeadersForm) -> str:
        batches.correct_headers(actor=self.request.user, batch=self.batch, meant=form.meant)
        return self.back


class ImportPropose(OfBatch, FormPage):
    """Ask for the batch to be written."""

    permission = "imports.propose"
    form_class = ProposeForm
    title = _("提交写入")
    submit = _("提交")

    def prepare(self) -> None:
        super().prepare()
        self.intro = (
            _("提交后由另一人审批，同意后写入。") if batches.needs_approval(self.batch.zone) else _("提交后立即写入。"))

    def perform(self, form: ProposeForm) -> str:
        batches.propose_import(actor=self.request.user, batch=self.batch, **form.cleaned_data)
        return self.back


class ImportPolicyPage(FormPage):
    """Whether a second person must agree."""

    permission = "imports.decide"
    form_class = PolicyForm
    title = _("导入规则")
    submit = _("保存")

    def prepare(self) -> None:
        self.back = reverse("imports:imports")

    def initial(self) -> dict[str, Any]:
        return {"needs_approval": batches.needs_approval(self.request.user.zone)}

    def perform(self, form: PolicyForm) -> str:
        batches.set_policy(actor=self.request.user, zone=self.request.user.zone, **form.cleaned_data)
        return self.back


class Step(OfBatch, ActionPage):
    """A button of a batch: `act` is the function of the domain."""

    permission = "imports.propose"
    act: Any = None

    def perform(self) -> str:
        self.prepare()
        type(self).act(actor=self.request.user, batch=self.batch)
        return self.back


class ImportReturn(Step):
    """Back to "ready" after a refusal."""

    act = staticmethod(batches.return_import)


class ImportUndo(Step):
    """Take back what was written."""

    permission = "imports.decide"
    act = staticmethod(batches.undo_import)
    done = _("开始撤销。")


class ImportResume(Step):
    """Go on after an interruption."""

    act = staticmethod(batches.resume_import)
    done = _("已继续。")


class ImportDrop(Step):
    """Give the batch up."""

    act = staticmethod(batches.drop_import)
    done = _("已放弃。")
