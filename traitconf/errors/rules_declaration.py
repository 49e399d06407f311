"""TC12x: declarations of traits that cannot be."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell, traits

_FIRST: Final = app(
    '\n@tc.trait\nclass Shouting(tc.TraitBase):\n    """Say it loudly."""\n\n'
    '    marks: int = tc.option(1, ge=1, doc="How many exclamation marks.")\n'
)


def _changed(old: str, new: str) -> tuple[Listing]:
    """Return the right example with one fault."""
    assert old in _FIRST.text
    return (Listing(_FIRST.text.replace(old, new), _FIRST.file),)


RULES: Final = (
    Rule(
        code="TC120",
        title="trait that is no TraitBase",
        meaning="`@tc.trait` decorates something that is not a subclass of `tc.TraitBase`.",
        reason="Every trait has the options and members of TraitBase; without them nothing could switch it off.",
        wrong=_changed("Shouting(tc.TraitBase)", "Shouting"),
        right=(_FIRST,),
    ),
    Rule(
        code="TC121",
        title="name that no trait can have",
        meaning="A trait's name is lower case words joined by single underscores, and no word of the grammar.",
        reason="The name is the address of its options in files and variables.",
        wrong=_changed("@tc.trait\n", '@tc.trait(name="Shouting Loudly")\n'),
        right=_changed("@tc.trait\n", '@tc.trait(name="shouting_loudly")\n'),
    ),
    Rule(
        code="TC122",
        title="half an option",
        meaning="A name of a trait's body is annotated but not declared with `tc.option()`, or the reverse.",
        reason="An option needs a type, to be checked, and a sentence for the reference; a constant needs ClassVar.",
        wrong=_changed('marks: int = tc.option(1, ge=1, doc="How many exclamation marks.")', "marks: int = 1"),
        right=(_FIRST,),
    ),
    Rule(
        code="TC123",
        title="annotation that cannot be evaluated",
        meaning="The type of an option names something that is not known where the trait is defined.",
        reason="Without its type an option can be neither converted nor checked.",
        wrong=_changed("marks: int", 'marks: "Intt"'),
        right=(_FIRST,),
    ),
    Rule(
        code="TC124",
        title="name that is taken inside the trait",
        meaning="An option has the name of a member, of something that TraitBase gives, or begins with an underscore.",
        reason="One of the two could not be reached.",
        wrong=_changed("marks: int", "logger: int"),
        right=(_FIRST,),
    ),
    Rule(
        code="TC125",
        title="option that cannot be as it is declared",
        meaning="The type is none that an option may have, its metadata does not suit it, or its computed default"
        " fails.",
        reason="It would fail when somebody configures it, which is later than it needs to be.",
        wrong=_changed("marks: int = tc.option(1", "marks: complex = tc.option(1j"),
        right=(_FIRST,),
    ),
    Rule(
        code="TC126",
        title="name of a trait that is taken",
        meaning="Another class is registered under the same name.",
        reason="Configuration speaks of traits by name, so that it would not be known which one is meant.",
        wrong=_changed("@tc.trait\n", '@tc.trait(name="auditable")\n'),
        right=_changed("@tc.trait\n", '@tc.trait(name="loudly_auditable")\n'),
    ),
    Rule(
        code="TC127",
        title="advertised trait that cannot be had",
        meaning="An installed package has an entry point in the group `traitconf.traits`, and what it names cannot be"
        " imported or is called otherwise.",
        reason="Configuration of that trait can neither be checked nor applied; the package is broken.",
        wrong=(
            shell("traitconf validate"),
            Listing("[traitconf.traits]\nshouting = loud.traits:Shouting\n", "loud-1.0.dist-info/entry_points.txt"),
            Listing("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n", "loud-1.0.dist-info/METADATA"),
            traits("[shouting]\nmarks = 3\n"),
        ),
        right=(
            shell("traitconf validate"),
            Listing("[traitconf.traits]\nshouting = loud:Shouting\n", "loud-1.0.dist-info/entry_points.txt"),
            Listing("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n", "loud-1.0.dist-info/METADATA"),
            Listing(_FIRST.text, "loud.py"),
            traits("[shouting]\nmarks = 3\n"),
        ),
    ),
)
