"""Every text of the site has its English, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import translations  # noqa: E402

PLACES = translations.places()
HAN = re.compile(r"[\u4e00-\u9fff]")


def _pairs(catalog) -> dict:
    def fixed(text):
        return tuple(text) if isinstance(text, list) else text

    return {fixed(m.id): fixed(m.string) for m in catalog if m.id}


@pytest.mark.parametrize("app", sorted(PLACES))
def test_every_text_stands_in_the_catalogue_with_english(app):
    folders, path = PLACES[app]
    written = read_po(io.BytesIO(path.read_bytes()), locale="en")
    assert translations.untranslated(translations.merged(folders, path)) == []
    assert sorted(map(str, _pairs(translations.merged(folders, path)))) == sorted(map(str, _pairs(written)))
    assert _pairs(read_mo(io.BytesIO(path.with_suffix(".mo").read_bytes()))) == _pairs(written)


@pytest.mark.parametrize("app", sorted(PLACES))
def test_english_names_the_same_values_and_is_english(app):
    for text, english in _pairs(read_po(io.BytesIO(PLACES[app][1].read_bytes()), locale="en")).items():
        for one in english if isinstance(english, tuple) else (english,):
            source = text[0] if isinstance(text, tuple) else text
            assert sorted(re.findall(r"%\(\w+\)[sd]", one)) == sorted(re.findall(r"%\(\w+\)[sd]", source)), source
            assert not HAN.search(one), one


def test_a_page_speaks_english_after_the_switch_and_chinese_before(as_role):
    client = as_role("zone_officer")
    assert "企业" in client.get("/companies/").content.decode()
    client.post("/language", {"language": "en", "next": "/"})
    page = client.get("/companies/")
    assert "Unified social credit code" in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_the_browsers_own_language_does_not_decide(as_role):
    page = as_role("zone_officer").get("/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "zh-hans"
