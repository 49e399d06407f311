"""What a source may not say that is not trusted: a store, an API, a loader."""

from __future__ import annotations

from typing import Final

UNTRUSTED: Final = "TC230"
UNTRUSTED_HINT: Final = "write it in a file"


def refusal(word: str) -> str:
    """Return the text of the problem.

    >>> refusal("use")
    "'use' is refused from a source that is not trusted"
    """
    return f"'{word}' is refused from a source that is not trusted"
