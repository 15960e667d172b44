from __future__ import annotations

import shutil
import subprocess

import pytest
from lxml import html

from wutong.report.folder import write_pages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is absent; make test installs it as root on Debian"),
]


@pytest.fixture(scope="module")
def folder(view, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages") / "run"
    write_pages(view, folder)
    return folder


def dom(url: str, profile) -> html.HtmlElement:
    """Return the page as it stands after its scripts have run."""
    out = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={profile}", "--virtual-time-budget=2000", "--dump-dom", url],
        capture_output=True, check=True, timeout=120,
    ).stdout
    return html.fromstring(out.decode("utf-8"))


def listed(page) -> list[str]:
    return [a.text for a in page.xpath("//tbody[@id='rows']//a")]


def test_list_shows_every_company_from_a_file(view, folder, tmp_path):
    page = dom((folder / "index.html").as_uri(), tmp_path)
    assert listed(page) == [c.name for c in view.companies]
    assert page.xpath("//span[@id='found']")[0].text == "12 家企业"


def test_link_of_a_count_lists_exactly_those_companies(view, folder, tmp_path):
    key = view.policies[0].key
    wanted = [c.name for c in view.companies if c.verdicts[key].verdict == "unknown"]
    assert wanted
    assert listed(dom((folder / "index.html").as_uri() + "#p=0&v=u", tmp_path)) == wanted


def test_search_finds_a_part_of_a_name_and_says_so_when_none_fits(folder, tmp_path):
    url = (folder / "index.html").as_uri()
    assert listed(dom(url + "#q=%E4%BC%81%E4%B8%9A003", tmp_path)) == ["演示企业003生物医药（青岛）有限公司"]
    page = dom(url + "#q=nobody", tmp_path)
    assert listed(page) == []
    assert "hidden" not in page.xpath("//p[@id='none']")[0].attrib


def test_link_to_a_policy_opens_its_details(view, folder, tmp_path):
    company = next(c for c in view.companies if any(v.verdict == "ineligible" and not v.near_miss for v in c.verdicts.values()))
    key = next(k for k, v in company.verdicts.items() if v.verdict == "ineligible" and not v.near_miss)
    anchor = "p-" + key.partition("/")[2]
    url = (folder / "companies" / f"{company.code}.html").as_uri()
    closed = dom(url, tmp_path).get_element_by_id(anchor)
    opened = dom(f"{url}#{anchor}", tmp_path).get_element_by_id(anchor)
    assert ("open" in closed.attrib, "open" in opened.attrib) == (False, True)
