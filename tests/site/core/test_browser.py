from __future__ import annotations

import pytest
from site_axe import faults
from site_browser import photograph

pytestmark = pytest.mark.browser

PAGES = [
    ("anonymous", "/account/login/", "login"), ("system_admin", "/", "home-system"), ("zone_lead", "/", "home-lead"),
    ("system_admin", "/admin/users/", "users"), ("system_admin", "/admin/users/new", "user-new"),
    ("audit_admin", "/admin/audit/", "audit"), ("audit_admin", "/admin/audit/verify", "audit-verify"),
    ("security_admin", "/approvals/", "approvals"), ("zone_officer", "/companies/", "companies"),
    ("zone_officer", "/account/factors/", "factors"), ("zone_officer", "/account/password", "password"),
]


def test_main_pages_are_silent_accessible_and_fit_the_screen(pages, live_world):
    role_pages = {role: pages(role) for role, _address, _name in PAGES}
    company, user = live_world.here.company, live_world.here.people["zone_officer"]
    more = [
        ("zone_officer", f"/companies/{company.uscc}/", "company"), ("security_admin", f"/admin/users/{user.pk}/", "user"),
        ("security_admin", f"/approvals/{live_world.role_request.pk}/decide", "approval"),
    ]
    for role, address, name in PAGES + more:
        page = role_pages[role]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(address).status == 200, address
            if width == 1440 or name in {"home-lead", "companies", "company"}:  # axe takes a second a page
                assert faults(page) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            photograph(page, f"core-{name}-{width}")


def test_a_list_filters_sorts_and_reveals_without_reloading(pages, live_world):
    page = pages("zone_officer")
    page.goto("/companies/")
    assert page.locator("tbody tr").count() == 3
    page.get_by_label("搜索").fill("bygkgc")
    page.get_by_label("搜索").fill("波司")
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    assert "q=" in page.url
    assert page.locator("tbody td").first.inner_text() == live_world.here.foreign.name
    page.get_by_role("link", name="清除").first.click()
    page.get_by_role("link", name="统一社会信用代码").click()
    page.wait_for_selector("th[aria-sort=ascending] >> text=统一社会信用代码")

    page = pages("security_admin")
    page.goto(f"/admin/users/{live_world.spare.pk}/")
    assert "13812345678" not in page.content()
    assert "138****5678" in page.content()
    page.get_by_role("link", name="查看完整内容").last.click()
    page.get_by_label("查看理由").fill("电话核实身份")
    page.get_by_role("button", name="查看", exact=True).click()
    page.wait_for_selector("text=13812345678")


def test_keyboard_alone_reaches_the_content_and_closes_the_menu(pages):
    page = pages("zone_officer")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("details.user-menu summary").press("Enter")
    assert page.locator(".popup").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".popup").is_visible()
