"""Recording services and taking them back."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.views.pages import ActionPage, FormPage
from wutong.site.portraits.domain.services import record_service, withdraw_service
from wutong.site.portraits.enums import ServiceKind
from wutong.site.portraits.interfaces.forms import ServiceForm
from wutong.site.portraits.models import Service
from wutong.site.registry.models import Company


class ServiceNew(FormPage):
    """Record a service."""

    permission = "portraits.record_services"
    form_class = ServiceForm
    title = _("记录服务")
    submit = _("保存")
    intro = _("陪伴式服务的一次记录；企业自己也看得到。记错的可以撤回，撤回的记录留在审计里。")

    def prepare(self):
        self.company = get_object_or_404(Company.objects.all().visible_to(self.request.user), uscc=self.kwargs["uscc"])
        self.back = reverse("portraits:portrait", args=[self.company.uscc])

    def perform(self, form) -> str:
        data = form.cleaned_data
        record_service(actor=self.request.user, company=self.company, **{**data, "kind": ServiceKind(data["kind"])})
        return self.back


class ServiceWithdraw(ActionPage):
    """Take a service back."""

    permission = "portraits.record_services"
    done = _("已撤回。")

    def perform(self) -> str:
        rows = Service.objects.all().visible_to(self.request.user).select_related("company")
        service = get_object_or_404(rows, pk=self.kwargs["pk"])
        withdraw_service(actor=self.request.user, service=service)
        return reverse("portraits:portrait", args=[service.company.uscc])

    def fallback(self) -> str:
        return reverse("portraits:portraits")
