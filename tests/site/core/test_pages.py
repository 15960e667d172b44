from __future__ import annotations


def test_home_greets_by_name(as_role):
    body = as_role("zone_officer").get("/").content.decode()
    assert "本园园区经办，您好" in body


def test_a_session_that_ends_sends_the_whole_page_to_the_sign_in(client):
    whole = client.get("/companies/")
    part = client.get("/companies/", headers={"HX-Request": "true", "HX-Target": "list"})
    assert (whole.status_code, whole["Location"]) == (302, "/account/login/?next=/companies/")
    assert (part.status_code, part["HX-Redirect"]) == (200, "/account/login/?next=/companies/")
