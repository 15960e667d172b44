"""Character classes of XML Schema regular expressions as sets of code points: categories, blocks, escapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

#: rising, disjoint ranges of code points, both ends included
Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF

#: Unicode blocks by their name without blanks (XML Schema Part 2, appendix F; names as in Unicode 3.1 and later)
_BLOCKS = """BasicLatin 0 7F Latin-1Supplement 80 FF LatinExtended-A 100 17F LatinExtended-B 180 24F IPAExtensions 250 2AF
SpacingModifierLetters 2B0 2FF CombiningDiacriticalMarks 300 36F Greek 370 3FF GreekandCoptic 370 3FF Cyrillic 400 4FF
CyrillicSupplement 500 52F Armenian 530 58F Hebrew 590 5FF Arabic 600 6FF Syriac 700 74F Thaana 780 7BF
Devanagari 900 97F Bengali 980 9FF Gurmukhi A00 A7F Gujarati A80 AFF Oriya B00 B7F Tamil B80 BFF Telugu C00 C7F
Kannada C80 CFF Malayalam D00 D7F Sinhala D80 DFF Thai E00 E7F Lao E80 EFF Tibetan F00 FFF Myanmar 1000 109F
Georgian 10A0 10FF HangulJamo 1100 11FF Ethiopic 1200 137F Cherokee 13A0 13FF
UnifiedCanadianAboriginalSyllabics 1400 167F Ogham 1680 169F Runic 16A0 16FF Khmer 1780 17FF Mongolian 1800 18AF
LatinExtendedAdditional 1E00 1EFF GreekExtended 1F00 1FFF GeneralPunctuation 2000 206F
SuperscriptsandSubscripts 2070 209F CurrencySymbols 20A0 20CF CombiningMarksforSymbols 20D0 20FF
CombiningDiacriticalMarksforSymbols 20D0 20FF LetterlikeSymbols 2100 214F NumberForms 2150 218F Arrows 2190 21FF
MathematicalOperators 2200 22FF MiscellaneousTechnical 2300 23FF ControlPictures 2400 243F
OpticalCharacterRecognition 2440 245F EnclosedAlphanumerics 2460 24FF BoxDrawing 2500 257F BlockElements 2580 259F
GeometricShapes 25A0 25FF MiscellaneousSymbols 2600 26FF Dingbats 2700 27BF BraillePatterns 2800 28FF
CJKRadicalsSupplement 2E80 2EFF KangxiRadicals 2F00 2FDF IdeographicDescriptionCharacters 2FF0 2FFF
CJKSymbolsandPunctuation 3000 303F Hiragana 3040 309F Katakana 30A0 30FF Bopomofo 3100 312F
HangulCompatibilityJamo 3130 318F Kanbun 3190 319F BopomofoExtended 31A0 31BF EnclosedCJKLettersandMonths 3200 32FF
CJKCompatibility 3300 33FF CJKUnifiedIdeographsExtensionA 3400 4DBF CJKUnifiedIdeographs 4E00 9FFF YiSyllables A000 A48F
YiRadicals A490 A4CF HangulSyllables AC00 D7AF PrivateUse E000 F8FF PrivateUseArea E000 F8FF
CJKCompatibilityIdeographs F900 FAFF AlphabeticPresentationForms FB00 FB4F ArabicPresentationForms-A FB50 FDFF
CombiningHalfMarks FE20 FE2F CJKCompatibilityForms FE30 FE4F SmallFormVariants FE50 FE6F
ArabicPresentationForms-B FE70 FEFF HalfwidthandFullwidthForms FF00 FFEF Specials FFF0 FFFF OldItalic 10300 1032F
Gothic 10330 1034F Deseret 10400 1044F ByzantineMusicalSymbols 1D000 1D0FF MusicalSymbols 1D100 1D1FF
MathematicalAlphanumericSymbols 1D400 1D7FF CJKUnifiedIdeographsExtensionB 20000 2A6DF
CJKCompatibilityIdeographsSupplement 2F800 2FA1F Tags E0000 E007F Emoticons 1F600 1F64F
MiscellaneousSymbolsandPictographs 1F300 1F5FF TransportandMapSymbols 1F680 1F6FF"""
_CATEGORIES = """L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So
C Cc Cf Co Cn"""
#: NameStartChar and the further NameChar of XML 1.0
_INITIAL = ((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
            (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
            (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF))
_NAME = (*_INITIAL, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_SPACE = ((9, 10), (13, 13), (32, 32))


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the union of ranges.

    >>> joined([(5, 9), (1, 2), (3, 4), (20, 20)])
    ((1, 9), (20, 20))
    """
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return tuple(made)


def complement(ranges: Ranges) -> Ranges:
    """Return all other code points."""
    made, start = [], 0
    for low, high in ranges:
        if low > start:
            made.append((start, low - 1))
        start = high + 1
    return (*made, (start, LAST)) if start <= LAST else tuple(made)


def minus(ranges: Ranges, taken: Ranges) -> Ranges:
    """Return the code points of `ranges` that are not in `taken`."""
    return complement(joined((*complement(ranges), *taken)))


@cache
def _by_category() -> dict[str, Ranges]:
    found: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for code in range(1, LAST + 2):
        kind = unicodedata.category(chr(code)) if code <= LAST else ""
        if kind != current:
            found.setdefault(current, []).append((start, code - 1))
            start, current = code, kind
    return {k: tuple(v) for k, v in found.items()}


@cache
def _blocks() -> dict[str, Ranges]:
    parts = _BLOCKS.split()
    return {n: ((int(a, 16), int(b, 16)),) for n, a, b in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


@cache
def named(name: str) -> Ranges | None:
    r"""Return the code points of ``\p{name}``: a category such as ``Lu`` or a block such as ``IsGreek``; None if unknown.

    >>> named("IsBasicLatin"), named("Foo")
    (((0, 127),), None)
    """
    if name.startswith("Is"):
        return _blocks().get(name[2:])
    if name not in _CATEGORIES.split():
        return None
    return joined(r for kind, ranges in _by_category().items() if kind.startswith(name) for r in ranges)


@cache
def escaped(letter: str) -> Ranges | None:
    r"""Return the code points of ``\s``, ``\i``, ``\c``, ``\d``, ``\w`` and their complements; None for other letters."""
    base = {"s": _SPACE, "i": _INITIAL, "c": _NAME}.get(letter.lower())
    if base is None and letter in "dD":
        base = named("Nd")
    if base is None and letter in "wW":  # all but punctuation, separators and others
        base = joined(r for kind in "LMNS" for r in named(kind) or ())
    if base is None:
        return None
    return complement(joined(base)) if letter.isupper() else joined(base)


@cache
def _variants() -> dict[int, tuple[int, ...]]:
    """Code point → those with the same upper or lower case (XPath Functions 5.6.1.1, flag ``i``)."""
    alike: dict[str, set[int]] = {}
    cased = [c for c in range(LAST + 1) if chr(c).lower() != chr(c) or chr(c).upper() != chr(c)]
    for code in cased:
        for key in ("l" + chr(code).lower(), "u" + chr(code).upper()):
            alike.setdefault(key, set()).add(code)
    return {c: tuple(sorted(alike["l" + chr(c).lower()] | alike["u" + chr(c).upper()])) for c in cased}


def caseless(ranges: Ranges) -> Ranges:
    """Return code points with all their case variants.

    >>> caseless(((0x78, 0x78),))
    ((88, 88), (120, 120))
    """
    known = _variants()
    size = sum(high - low + 1 for low, high in ranges)
    if size < len(known):
        inside = [c for low, high in ranges for c in range(low, high + 1) if c in known]
    else:
        inside = [c for c in known if any(low <= c <= high for low, high in ranges)]
    return joined((*ranges, *((v, v) for c in inside for v in known[c])))
