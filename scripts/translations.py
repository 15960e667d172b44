"""Collect the site's texts into <app>/locale/en/LC_MESSAGES/django.po, keep what is translated, compile what is complete.

Run it, fill the empty ``msgstr`` lines, run it again. Needs no gettext programs: Babel reads and writes the catalogues.
``tests/site/test_translations.py`` holds texts and catalogues together.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "src" / "wutong" / "site"
HAN = re.compile(r"[\u4e00-\u9fff]")
CALLS = {"_", "_t", "gettext", "gettext_lazy", "pgettext", "ngettext", "ngettext_lazy"}
TEMPLATE_CALL = re.compile(r"""(\bn?gettext|(?<!\w)_)\(u?(['"])(.*?)(?<!\\)\2(?:\s*,\s*u?(['"])(.*?)(?<!\\)\4)?""", re.DOTALL)

Text = str | tuple[str, str]


def in_python(source: str) -> Iterator[Text]:
    """Yield the Chinese texts that Python code asks gettext for."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) not in CALLS:
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if texts and HAN.search(texts[0]):
            yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def in_template(source: str) -> Iterator[Text]:
    """Yield the Chinese texts of a template."""
    for kind, _q, text, _q2, plural in TEMPLATE_CALL.findall(templatize(source)):
        if HAN.search(text):
            one = text.encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in text else text
            yield (one, plural) if kind == "ngettext" and plural else one


def texts_of(folder: Path) -> dict[Text, None]:
    """Return the texts below a folder in the order of the files."""
    found: dict[Text, None] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found |= dict.fromkeys(in_python(path.read_text("utf-8")))
        elif path.suffix == ".html":
            found |= dict.fromkeys(in_template(path.read_text("utf-8")))
    return found


def places() -> dict[str, tuple[list[Path], Path]]:
    """Return, by app, the folders its texts lie in and its catalogue; the common templates belong to core."""
    apps = [p.parent for p in sorted(SITE.glob("*/apps.py")) if p.parent.name != "config"]
    return {
        app.name: (
            [app, SITE / "templates", SITE / "config"] if app.name == "core" else [app],
            app / "locale" / "en" / "LC_MESSAGES" / "django.po")
        for app in apps
    }


def merged(folders: list[Path], path: Path) -> Catalog:
    """Return the catalogue of the present texts with the translations that are there."""
    old = read_po(io.BytesIO(path.read_bytes()), locale="en") if path.exists() else Catalog(locale="en")
    new = Catalog(locale="en", project="Wutong", charset="utf-8", fuzzy=False, creation_date=old.creation_date)
    for folder in folders:
        for text in texts_of(folder):
            known = old.get(text[0] if isinstance(text, tuple) else text)
            blank = ("", "") if isinstance(text, tuple) else ""
            new.add(text, known.string if known and known.string else blank)
    return new


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts without English."""
    return [str(m.id) for m in catalog if m.id and not (all(m.string) if isinstance(m.string, tuple | list) else m.string)]


def main() -> int:
    """Write every catalogue; return 1 if English is missing somewhere."""
    missing = 0
    for app, (folders, path) in places().items():
        catalog = merged(folders, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=0, omit_header=False, sort_output=False)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        left = untranslated(catalog)
        missing += len(left)
        print(f"{app}: {len(catalog)} texts, {len(left)} without English")
        for text in left:
            print(f"    {text}")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
