from __future__ import annotations


def test_home_greets_by_name(as_role):
    body = as_role("zone_officer").get("/").content.decode()
    assert "本园园区经办，您好" in body
