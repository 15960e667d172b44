"""Home, health, zone switch, own password."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.queries.home import panels_for
from wutong.site.core.domain.users import change_password
from wutong.site.core.interfaces.forms import PasswordForm
from wutong.site.core.models import Zone
from wutong.site.core.views.pages import PUBLIC, ActionPage, FormPage, Page


class Home(Page):
    """What waits for this person, and the places to go."""

    permission = "core.sign_in"
    template_name = "core/home.html"
    title = _("首页")

    def context(self, **more):
        return super().context(panels=panels_for(self.request.user), **more)


class Health(Page):
    """Says that process and database answer; for the load balancer."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return HttpResponse("ok\n", content_type="text/plain")


class SwitchZone(ActionPage):
    """Act in another zone from now on."""

    permission = "core.sign_in"

    def perform(self) -> HttpResponse:
        zones = Zone.objects.filter(pk__in=[z.pk for z in self.request.user.zones])
        self.request.session["zone"] = get_object_or_404(zones, code=self.request.POST.get("zone", "")).pk
        return redirect("core:home")


class Password(FormPage):
    """The person's own password."""

    permission = "core.sign_in"
    form_class = PasswordForm
    title = _("修改口令")
    submit = _("保存新口令")

    def form_kwargs(self):
        return {"user": self.request.user}

    def context(self, **more):
        due = self.request.user.must_change_password
        self.intro = _("首次登录或口令被重置后，须先设置自己的口令。") if due else ""
        return super().context(**more)

    def perform(self, form) -> str:
        user = change_password(user=self.request.user, password=form.cleaned_data["new"])
        update_session_auth_hash(self.request, user)
        return "core:home"
