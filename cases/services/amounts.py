"""Numbers and amounts as people type them: 1.500.000; 2 400 000 đ; 500 triệu; 1,5 tỷ."""

import re
from decimal import Decimal
from itertools import pairwise

# Dots and commas only stand before three digits: 1.500.000 is a whole number, 5,5 is none.
WHOLE_NUMBER = re.compile(r"[0-9]+( [0-9]+|[.,][0-9]{3}(?![0-9]))*")
# 1,5 tỷ; 1 tỷ 200 triệu; 500tr. A dot before three digits parts thousands here, too; a comma there could be either.
AMOUNT_IN_WORDS = re.compile(
    r"(?P<number>[0-9]+(?:[.][0-9]{3}(?![0-9]))*(?:[.,][0-9]{1,2}(?![0-9]))?) ?"
    r"(?P<unit>tỷ|tỉ|ty|ti|triệu|trieu|tr|nghìn|nghin|ngàn|ngan)(?![^\W\d])",
    re.IGNORECASE,
)
UNITS_OF_MONEY = {
    **dict.fromkeys(("tỷ", "tỉ", "ty", "ti"), 10**9),
    **dict.fromkeys(("triệu", "trieu", "tr"), 10**6),
    **dict.fromkeys(("nghìn", "nghin", "ngàn", "ngan"), 10**3),
}
UNIT_TYPED = re.compile(r"(đồng|vnđ|vnd|đ|₫|người)$", re.IGNORECASE)


def whole_number(text: str) -> int | None:
    """Return the whole number of a line, however its digits are parted; None if it is none."""
    bare = UNIT_TYPED.sub("", text).strip()
    return int(re.sub(r"[ .,]", "", bare)) if WHOLE_NUMBER.fullmatch(bare) else None


def amount(text: str) -> int | None:
    """Return the đồng of a line, exactly; None if it can be read in two ways or is no whole number of đồng."""
    bare = UNIT_TYPED.sub("", text).strip()
    parts = list(AMOUNT_IN_WORDS.finditer(bare))
    if not parts:
        return whole_number(text)
    units = [UNITS_OF_MONEY[part["unit"].lower()] for part in parts]
    # Nothing but amounts, each of a smaller unit than the one before: never 200 triệu 1 tỷ.
    if AMOUNT_IN_WORDS.sub("", bare).strip() or any(unit <= next_unit for unit, next_unit in pairwise(units)):
        return None
    dong = sum(_exact(part["number"]) * unit for part, unit in zip(parts, units, strict=True))
    return int(dong) if dong == int(dong) else None


def _exact(number: str) -> Decimal:
    """Return a number as Vietnamese writes it: 1.500 is whole, 1,5 and 1.5 are not."""
    return Decimal(re.sub(r"[.](?=[0-9]{3})", "", number).replace(",", "."))
