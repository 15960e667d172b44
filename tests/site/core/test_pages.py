from __future__ import annotations

import re

from django.urls import reverse

from wutong.site.config.apps import site_apps
from wutong.site.core.models import User


def test_home_greets_by_name(as_role):
    body = as_role("zone_officer").get("/").content.decode()
    assert "本园园区经办，您好" in body


def test_a_session_that_ends_sends_the_whole_page_to_the_sign_in(client):
    whole = client.get("/companies/")
    part = client.get("/companies/", headers={"HX-Request": "true", "HX-Target": "list"})
    assert (whole.status_code, whole["Location"]) == (302, "/account/login/?next=/companies/")
    assert (part.status_code, part["HX-Redirect"]) == (200, "/account/login/?next=/companies/")


def _hrefs(page: bytes) -> list[str]:
    bar = page.decode().partition('<nav class="sidebar"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)"', bar)


def test_the_kept_side_bar_is_nobody_elses(as_role):
    """Links are kept as HTML across requests: by right, language and place, each after the other has filled it."""
    officer, viewer = as_role("zone_officer"), as_role("zone_viewer")
    admin, company = as_role("system_admin"), as_role("company_user")
    for _twice in range(2):
        for client in (officer, viewer, admin, company):
            found, user = _hrefs(client.get("/").content), User.objects.get(pk=client.session["_auth_user_id"])
            user.enter(user.zones[0] if user.zones else None)
            assert found == [
                reverse(item.url) for item in sorted((i for app in site_apps() for i in app.navigation), key=lambda i: i.group)
                if user.has_perm(item.permission)]
    assert "/admin/users/" in _hrefs(admin.get("/").content)
    assert "/admin/users/" not in _hrefs(officer.get("/").content)
    chinese = officer.get("/companies/").content.decode()
    officer.cookies["wutong_language"] = "en"
    english = officer.get("/companies/").content.decode()
    assert re.search(r'aria-current="page"><svg.*?<span>(.+?)</span>', chinese)[1] == "企业"
    assert re.search(r'aria-current="page"><svg.*?<span>(.+?)</span>', english)[1] == "Companies"
    assert "csrf" not in english.partition('<nav class="sidebar"')[2].partition("</nav>")[0].lower()
