"""Addresses of core."""

from __future__ import annotations

from django.urls import path

from wutong.site.core.views import approvals, audit, files, home, places, users

app_name = "core"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("healthz", home.Health.as_view(), name="health"),
    path("zone", home.SwitchZone.as_view(), name="switch_zone"),
    path("account/password", home.Password.as_view(), name="password"),
    path("approvals/", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:pk>/", approvals.ApprovalDetail.as_view(), name="approval"),
    path("approvals/<int:pk>/decide", approvals.ApprovalDecide.as_view(), name="approval_decide"),
    path("approvals/<int:pk>/withdraw", approvals.ApprovalWithdraw.as_view(), name="approval_withdraw"),
    path("admin/zones/", places.ZoneList.as_view(), name="zones"),
    path("admin/zones/new", places.ZoneNew.as_view(), name="zone_new"),
    path("admin/zones/<int:pk>/edit", places.ZoneEdit.as_view(), name="zone_edit"),
    path("admin/organisations/", places.OrganisationList.as_view(), name="organisations"),
    path("admin/organisations/new", places.OrganisationNew.as_view(), name="organisation_new"),
    path("admin/organisations/<int:pk>/edit", places.OrganisationEdit.as_view(), name="organisation_edit"),
    path("admin/codes/", places.CodeLists.as_view(), name="codes"),
    path("admin/codes/<slug:code>/", places.CodeDetail.as_view(), name="code"),
    path("admin/codes/<slug:code>/item", places.CodeItemPut.as_view(), name="code_item"),
    path("admin/users/", users.UserList.as_view(), name="users"),
    path("admin/users/new", users.UserNew.as_view(), name="user_new"),
    path("admin/users/<int:pk>/", users.UserDetail.as_view(), name="user"),
    path("admin/users/<int:pk>/edit", users.UserEdit.as_view(), name="user_edit"),
    path("admin/users/<int:pk>/switch", users.UserSwitch.as_view(), name="user_switch"),
    path("admin/users/<int:pk>/password", users.UserPassword.as_view(), name="user_password"),
    path("admin/users/<int:pk>/unlock", users.UserUnlock.as_view(), name="user_unlock"),
    path("admin/users/<int:pk>/factor", users.UserFactor.as_view(), name="user_factor"),
    path("admin/users/<int:pk>/role", users.RoleRequest.as_view(), name="user_role"),
    path("admin/roles/<int:pk>/revoke", users.RoleRevoke.as_view(), name="role_revoke"),
    path("admin/audit/", audit.AuditLog.as_view(), name="audit"),
    path("admin/audit/verify", audit.AuditVerify.as_view(), name="audit_verify"),
    path("admin/audit/<int:pk>/", audit.AuditDetail.as_view(), name="audit_event"),
    path("admin/audit/seals/", audit.SealList.as_view(), name="seals"),
    path("admin/audit/seals/new", audit.SealNew.as_view(), name="seal_new"),
    path("files/<uuid:pk>", files.Download.as_view(), name="file"),
    path("reveal/<str:label>/<str:pk>/<str:field>", files.Reveal.as_view(), name="reveal"),
]
