"""统一社会信用代码 (GB 32100-2015): 18 characters of a 31-letter alphabet, the last one a check digit mod 31.

31 is prime and no weight is a multiple of it, so every change of a single character is caught. Unlike
``stdnum.cn.uscc.validate`` the first two characters may be letters: registries A (military), N (agriculture)
and Y (others) exist; the check digit itself is computed by python-stdnum.
"""

from __future__ import annotations

from functools import lru_cache

from stdnum.cn import uscc as _stdnum

from wutong.errors import WutongError
from wutong.values.numbers import fold

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_INDEX = {c: i for i, c in enumerate(ALPHABET)}


@lru_cache(maxsize=65536)
def parse_uscc(text: str) -> str:
    """Return the code in normal form: half-width, upper case, no blanks or hyphens.

    Raises V121 (length), V122 (character outside the alphabet), V123 (region not six digits) or V124 (check
    digit; names the expected one).

    >>> parse_uscc("91350100 m000100y43")
    '91350100M000100Y43'
    """
    code = "".join(fold(text).split()).replace("-", "").upper()
    if len(code) != 18:
        raise WutongError.of("V121", text=text, length=len(code))
    for position, char in enumerate(code, 1):
        if char not in _INDEX:
            raise WutongError.of("V122", text=text, char=char, position=position)
    if not code[2:8].isdigit():
        raise WutongError.of("V123", text=text, region=code[2:8])
    if sum(_INDEX[c] * w for c, w in zip(code, _WEIGHTS, strict=False)) % 31 != -_INDEX[code[17]] % 31:
        raise WutongError.of("V124", text=text, found=code[17], expected=check_digit(code[:17]))
    return code


def check_digit(stem: str) -> str:
    """Return the check character of the first 17 characters.

    >>> check_digit("91350100M000100Y4")
    '3'
    """
    return str(_stdnum.calc_check_digit(stem))
