"""TC65x: what cannot be adopted, and why."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell

_MIXIN: Final = "\nclass Paginated:\n    {attribute}\n\n    def pages(self): ...\n\n"
_SHOP: Final = Listing("class PageMixin:\n    page_size = 20\n", "shop.py")


def _adopted(attribute: str, *calls: str) -> Listing:
    """Return a mixin and what is asked of it."""
    return app(_MIXIN.format(attribute=attribute) + "\n".join(calls) + "\n")


RULES: Final = (
    Rule(
        code="TC650",
        title="mixin that cannot be adopted like that",
        meaning="A class has no such attribute or method of itself, an option cannot hold what the attribute holds, its"
        " option would have the name of one that every trait has, or a subclass that is to be governed holds"
        " something else.",
        reason="What looks configured would be read by nobody.",
        wrong=(_adopted("page_size = None", 'tc.adopt(Paginated, options=["page_size"])'),),
        right=(_adopted("page_size: int | None = None", 'tc.adopt(Paginated, options=["page_size"])'),),
    ),
    Rule(
        code="TC651",
        title="mixin that is adopted already",
        meaning="A class is adopted a second time, in another manner.",
        reason="Two options would govern one attribute. The same call again is no fault: modules may be imported anew.",
        wrong=(_adopted("page_size = 20", "tc.adopt(Paginated)", 'tc.adopt(Paginated, as_trait="pages")'),),
        right=(_adopted("page_size = 20", "tc.adopt(Paginated)", "tc.adopt(Paginated)"),),
    ),
    Rule(
        code="TC652",
        title="file that `adopt apply` must not write",
        meaning="`traitconf adopt apply` would overwrite a file that somebody else wrote, or changed since it was"
        " written; or the file cannot be written.",
        reason="Nobody's work is lost for the sake of a generated file.",
        wrong=(shell("traitconf adopt apply shop"), _SHOP, Listing("import shop\n", "adopted.py")),
        right=(
            shell("traitconf adopt apply shop --to traits_of_shop.py"),
            _SHOP,
            Listing("import shop\n", "adopted.py"),
        ),
    ),
)
