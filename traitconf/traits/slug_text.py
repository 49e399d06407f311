"""`SlugRules`: how a text becomes a slug, and which slugs may stand as they are."""

from __future__ import annotations

import unicodedata
from typing import Final

import attrs

SEPARATORS: Final = "-_.~"
"""The characters beside letters and digits that need no escaping in a URL (RFC 3986, section 2.3)."""
_DROPPED: Final = str.maketrans("", "", "'\u2019\u02bc")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "NG"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Latin letters that Unicode does not decompose."""


@attrs.frozen
class SlugRules:
    """What a slug looks like.

    Attributes:
        separator: between words, and before a number.
        max_length: of the whole slug, number included.
        lowercase: whether letters become small.
        ascii: whether letters are folded to ASCII.
        reserved: slugs that nothing may have, in whatever case.
    """

    separator: str = "-"
    max_length: int = 80
    lowercase: bool = True
    ascii: bool = True
    reserved: tuple[str, ...] = ()

    def slug(self, text: str) -> str:
        """Return the slug of a text, empty when it holds no letter and no digit.

        Args:
            text: any text.

        >>> SlugRules().slug("Crème brûlée, don't you?")
        'creme-brulee-dont-you'
        """
        return self.cut(self.separator.join(self._words(text)), self.max_length)

    def cut(self, slug: str, length: int) -> str:
        """Return a slug that is not longer than `length`, cut between words where one leaves at least half of it.

        Args:
            slug: one that may be too long.
            length: at least 1.

        >>> SlugRules().cut("one-two-three", 9)
        'one-two'
        """
        if len(slug) <= length:
            return slug
        whole = slug[: length + len(self.separator)].rfind(self.separator)
        return slug[: whole if whole >= length / 2 else length].strip(SEPARATORS) or slug[:length]

    def numbered(self, slug: str, number: int) -> str:
        """Return the slug with a number, the length kept; empty when not even the number has room.

        Args:
            slug: without number.
            number: at least 2.

        >>> SlugRules(max_length=9).numbered("one-two-three", 2)
        'one-two-2'
        """
        suffix = f"{self.separator}{number}"
        room = self.max_length - len(suffix)
        if room >= 1:
            return self.cut(slug, room) + suffix
        return str(number) if len(str(number)) <= self.max_length else ""

    def allows(self, slug: str) -> bool:
        """Whether a slug that somebody wrote may stand as it is, whatever separates its words.

        Args:
            slug: any text.

        >>> SlugRules().allows("hello_world"), SlugRules().allows("Hello, world")
        (True, False)
        """
        return (
            0 < len(slug) <= self.max_length
            and slug.strip(SEPARATORS) == slug
            and all(_is_word_character(character) or character in SEPARATORS for character in slug)
            and (slug.isascii() or not self.ascii)
            and (slug == slug.lower() or not self.lowercase)
        )

    def is_reserved(self, slug: str) -> bool:
        """Whether nothing may have that slug."""
        return slug.casefold() in {word.casefold() for word in self.reserved}

    def _words(self, text: str) -> list[str]:
        text = unicodedata.normalize("NFKC", text).translate(_DROPPED)
        if self.ascii:
            text = _folded(text)
        if self.lowercase:  # small letters may have to be composed again
            text = unicodedata.normalize("NFKC", text.lower())
        words = "".join(character if _is_word_character(character) else " " for character in text).split()
        return [word for word in map(_without_leading_marks, words) if word]


def _folded(text: str) -> str:
    """Fold to ASCII: marks vanish, any other foreign character separates words."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = (character for character in decomposed if not unicodedata.combining(character))
    return "".join(character if character.isascii() else " " for character in plain)


def _is_word_character(character: str) -> bool:
    # Marks are no letters to str.isalnum(), but Indic and other scripts do not write words without them.
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _without_leading_marks(word: str) -> str:
    while word and unicodedata.category(word[0])[0] == "M":
        word = word[1:]
    return word
