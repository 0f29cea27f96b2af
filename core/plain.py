"""What stands as one line of plain text beside other people's words. Pure."""

from __future__ import annotations

import unicodedata

#: Signs that turn the direction of the text around them.
TURNING = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})
#: Letters and symbols by their kind, of which nothing is seen.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_one_line(text: str) -> bool:
    """No control signs, no line ends, nothing that turns the direction of what stands beside it; something to read."""
    kinds = {unicodedata.category(sign) for sign in text}
    turned = any(unicodedata.bidirectional(sign) in TURNING for sign in text)
    seen = any(unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK for sign in text)
    unseen = bool(kinds - {"Zs"}) and not seen
    return not (kinds & {"Cc", "Cs", "Zl", "Zp"} or turned or unseen)
