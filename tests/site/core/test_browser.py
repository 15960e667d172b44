from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_main_pages_of_core_draw_without_a_word_in_the_console(browse, width):
    browse("anonymous", "/account/login/", width=width, shot="core-login")
    browse("system_admin", "/", width=width, shot="core-home-system")
    browse("zone_lead", "/", width=width, shot="core-home-lead")
    browse("system_admin", "/admin/users/", width=width, shot="core-users")
    browse("audit_admin", "/admin/audit/", width=width, shot="core-audit")
    browse("zone_officer", "/companies/", width=width, shot="registry-list")
