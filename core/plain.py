"""What stands as one line of plain text beside other people's words. Pure."""

from __future__ import annotations

import unicodedata

#: Signs that turn the direction of the text around them.
TURNING = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})


def is_one_line(text: str) -> bool:
    """No control signs, no line ends, nothing that turns the direction of what stands beside it; something to read."""
    kinds = {unicodedata.category(sign) for sign in text}
    turned = any(unicodedata.bidirectional(sign) in TURNING for sign in text)
    unseen = "Cf" in kinds and kinds <= {"Cf", "Zs"}
    return not (kinds & {"Cc", "Cs", "Zl", "Zp"} or turned or unseen)
