"""People and their roles."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain import roles, users
from wutong.site.core.domain.queries.people import grants_of, is_locked, organisations_for_users, people
from wutong.site.core.enums import Role
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.forms import NewUserForm, RoleForm, UserFilter, UserForm
from wutong.site.core.models import RoleGrant, User
from wutong.site.core.views.pages import Action, ActionPage, DetailPage, Field, FormPage, ListPage, Section


def _roles(user: User) -> str:
    return "、".join(str(g.get_role_display()) for g in user.role_grants.all() if g.revoked_at is None)


class UserList(ListPage):
    """Everybody with an account."""

    permission = "core.view_users"
    title = _("用户")
    filter_form = UserFilter
    default_sort = "name"
    columns = (
        Column("name", _("姓名"), sort="name_pinyin", href=lambda u: reverse("core:user", args=[u.pk])),
        Column("username", _("用户名"), kind="code", sort="username"),
        Column("roles", _("角色"), value=_roles),
        Column("organisation.name", _("机构"), hide_small=True),
        Column("is_active", _("启用"), kind="tag", tone=lambda u: "good" if u.is_active else "muted"),
        Column("last_login", _("最近登录"), kind="time", sort="last_login", hide_small=True),
    )

    def queryset(self):
        return people()

    def actions(self):
        return (Action(_("新建用户"), reverse("core:user_new"), "core.change_users", tone="primary"),)


class UserDetail(DetailPage):
    """One person."""

    permission = "core.view_users"

    def queryset(self):
        return people()

    def tags(self):
        yield ("good", _t("启用")) if self.object.is_active else ("muted", _t("停用"))
        if is_locked(self.object):
            yield "bad", _t("已锁定")

    def actions(self):
        pk = [self.object.pk]
        switch = _("停用") if self.object.is_active else _("启用")
        return (
            Action(_("修改"), reverse("core:user_edit", args=pk), "core.change_users"),
            Action(_("申请角色"), reverse("core:user_role", args=pk), "core.request_roles", tone="primary"),
            Action(_("重置口令"), reverse("core:user_password", args=pk), "core.change_users", "post", confirm=_("重置后原口令立即失效。")),
            Action(switch, reverse("core:user_switch", args=pk), "core.change_users", "post", tone="danger"),
            Action(_("解除锁定"), reverse("core:user_unlock", args=pk), "core.unlock_users", "post"),
            Action(_("重置第二因素"), reverse("core:user_factor", args=pk), "core.unlock_users", "post", tone="danger"),
        )

    def sections(self):
        user = self.object
        yield Section(_("账号"), (
            Field(_("用户名"), user.username), Field(_("姓名"), user.name), Field(_("邮箱"), masked="email"),
            Field(_("手机号"), masked="phone"), Field(_("机构"), user.organisation),
            Field(_("口令更换时间"), user.password_changed_at), Field(_("最近登录"), user.last_login),
        ))
        yield Section(_("角色"), template="core/user_roles.html", context=grants_of(user))


class UserNew(FormPage):
    """Make an account; the first password is shown once."""

    permission = "core.change_users"
    form_class = NewUserForm
    title = _("新建用户")
    submit = _("创建")

    def form_kwargs(self):
        return {"organisations": organisations_for_users()}

    def perform(self, form) -> HttpResponse:
        user, password = users.create_user(actor=self.request.user, **form.cleaned_data)
        return _password_shown(self, user, password)


def _password_shown(page, user: User, password: str) -> HttpResponse:
    context = {"title": _t("一次性口令"), "person": user, "password": password}
    response = render(page.request, "core/one_time_password.html", context)
    response["Cache-Control"] = "no-store"
    return response


class UserEdit(FormPage):
    """Change who a person is."""

    permission = "core.change_users"
    form_class = UserForm
    title = _("修改用户")
    submit = _("保存")

    def prepare(self):
        self.person = get_object_or_404(User, pk=self.kwargs["pk"])
        self.back = reverse("core:user", args=[self.person.pk])

    def initial(self):
        # Personal fields start empty for whoever may not see them whole; empty keeps what is there.
        return {"name": self.person.name, "organisation": self.person.organisation_id}

    def form_kwargs(self):
        return {"organisations": organisations_for_users()}

    def perform(self, form) -> str:
        data = form.cleaned_data
        data["email"] = data["email"] or self.person.email
        data["phone"] = data["phone"] or self.person.phone
        users.change_user(actor=self.request.user, user=self.person, **data)
        return self.back


class OnUser(ActionPage):
    """A button on a person's page."""

    @property
    def person(self) -> User:
        """The person of the address."""
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def fallback(self) -> str:
        return reverse("core:user", args=[self.kwargs["pk"]])


class UserSwitch(OnUser):
    """Switch an account on or off."""

    permission = "core.change_users"
    done = _("已保存。")

    def perform(self) -> str:
        person = self.person
        users.switch_user(actor=self.request.user, user=person, active=not person.is_active)
        return self.fallback()


class UserPassword(OnUser):
    """Give a one-time password."""

    permission = "core.change_users"

    def perform(self) -> HttpResponse:
        person = self.person
        return _password_shown(self, person, users.reset_password(actor=self.request.user, user=person))


class UserUnlock(OnUser):
    """End a lock."""

    permission = "core.unlock_users"
    done = _("已解除锁定。")

    def perform(self) -> str:
        users.unlock_user(actor=self.request.user, user=self.person)
        return self.fallback()


class UserFactor(OnUser):
    """Remove a lost second factor."""

    permission = "core.unlock_users"
    done = _("已重置，下次登录须重新绑定。")

    def perform(self) -> str:
        users.reset_factor(actor=self.request.user, user=self.person)
        return self.fallback()


class RoleRequest(FormPage):
    """Ask for a role of a person."""

    permission = "core.request_roles"
    form_class = RoleForm
    title = _("申请角色")
    submit = _("提交审批")
    intro = _("角色由安全管理员审批后生效。三员（系统、安全、审计管理员）须分立，不得兼任其他角色。")

    def prepare(self):
        self.person = get_object_or_404(User, pk=self.kwargs["pk"])
        self.back = reverse("core:user", args=[self.person.pk])

    def perform(self, form) -> str:
        data = form.cleaned_data
        approval = roles.request_role(
            actor=self.request.user, user=self.person, role=Role(data["role"]), zone=data["zone"], reason=data["reason"])
        return reverse("core:approval", args=[approval.pk])


class RoleRevoke(ActionPage):
    """Take a role away."""

    permission = "core.revoke_roles"
    done = _("已收回。")

    def perform(self) -> str:
        grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=self.kwargs["pk"], revoked_at=None)
        self.kwargs["user"] = grant.user_id
        roles.revoke_role(actor=self.request.user, grant=grant)
        return self.fallback()

    def fallback(self) -> str:
        return reverse("core:user", args=[self.kwargs["user"]])
