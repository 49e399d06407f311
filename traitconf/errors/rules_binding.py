"""TC6xx: what cannot be bound to a class, and why."""

from __future__ import annotations

from typing import Final

from traitconf.errors.rule import Listing, Rule, app, shell, traits

_HEAD: Final = "from traitconf.traits import Auditable, Sluggable, SoftDeletes\n"
_TRAIT: Final = (
    '\n@tc.trait\nclass Titled(tc.TraitBase):\n    """Give a heading."""\n\n'
    "    @tc.provides\n    def heading(self, host) -> str:\n        return host.title\n"
)
_OTHER: Final = (
    '\n@tc.trait{relation}\nclass Framed(tc.TraitBase):\n    """Give a heading in a frame."""\n\n'
    '    @tc.provides\n    def {member}(self, host) -> str:\n        return f"[{{host.title}}]"\n'
)
_SAVED: Final = (
    '\n@tc.trait{relation}\nclass {name}(tc.TraitBase):\n    """Say that it was saved."""\n\n'
    '    @tc.after("save")\n    def say(self, host, result, /) -> None: ...\n'
)

_SHORT: Final = traits("[sluggable]\nmax_length = 40\n")


def _page(decorator: str, body: str = 'title = ""') -> str:
    """Return a class to bind to."""
    return f"\n{decorator}\nclass Page:\n    {body}\n"


def _framed(relation: str = "", member: str = "framed") -> str:
    return _OTHER.format(relation=relation, member=member)


def _saved(name: str, relation: str = "") -> str:
    return _SAVED.format(name=name, relation=relation)


RULES: Final = (
    Rule(
        code="TC601",
        title="hook without a method to run on",
        meaning="A trait wraps a method that the class does not have.",
        reason="The trait would never do what it is there for.",
        wrong=(app(_HEAD + _page("@tc.use(SoftDeletes)")),),
        right=(app(_HEAD + _page("@tc.use(SoftDeletes)", "def delete(self) -> None: ...")),),
    ),
    Rule(
        code="TC602",
        title="two traits that give the same member",
        meaning="Two traits both give the class a member of the same name, from different declarations.",
        reason="Whichever came last would win, and the order of decorators would decide what a call does.",
        wrong=(app(_TRAIT + _framed(member="heading") + _page("@tc.use(Titled, Framed)")),),
        right=(app(_TRAIT + _framed(member="heading") + _page('@tc.use(Titled, Framed, exclude={"framed.heading"})')),),
    ),
    Rule(
        code="TC603",
        title="member that would hide a field",
        meaning="A trait gives a member of the name of a field of the class.",
        reason="The field could not be read any more.",
        wrong=(app(_TRAIT + _page("@tc.use(Titled)", 'title: str = ""\n    heading: str = ""')),),
        right=(
            app(
                _TRAIT
                + _page(
                    '@tc.use(Titled, exclude={"heading"}, alias={"heading": "headline"})',
                    'title: str = ""\n    heading: str = ""',
                )
            ),
        ),
    ),
    Rule(
        code="TC604",
        title="target that cannot be changed",
        meaning="The target is no class, or a built-in type, which Python lets nobody change.",
        reason="Traits are bound in place.",
        wrong=(app(_TRAIT + "\ntc.bind(str, Titled)\n"),),
        right=(app(_TRAIT + '\nclass Name(str):\n    title = ""\n\ntc.bind(Name, Titled)\n'),),
    ),
    Rule(
        code="TC605",
        title="traits that exclude each other",
        meaning="One of two traits of a class is declared `incompatible` with the other.",
        reason="Their author knows that they spoil each other's work.",
        wrong=(app(_TRAIT + _framed('(incompatible=("titled",))') + _page("@tc.use(Titled, Framed)")),),
        right=(app(_TRAIT + _framed('(incompatible=("titled",))') + _page("@tc.use(Framed)")),),
    ),
    Rule(
        code="TC606",
        title="order of hooks that is a circle",
        meaning="By their `before` and `after`, each of several traits would have to run inside the other.",
        reason="No order satisfies all of them.",
        wrong=(
            app(
                _saved("First", '(before=("second",))')
                + _saved("Second", '(before=("first",))')
                + _page("@tc.use(First, Second)", "def save(self) -> None: ...")
            ),
        ),
        right=(
            app(
                _saved("First", '(before=("second",))')
                + _saved("Second")
                + _page("@tc.use(First, Second)", "def save(self) -> None: ...")
            ),
        ),
    ),
    Rule(
        code="TC607",
        title="trait without one that it requires",
        meaning="A trait is declared with `requires=` another, which the class does not have.",
        reason="It calls what the other trait gives.",
        wrong=(app(_TRAIT + _framed("(requires=(Titled,))") + _page("@tc.use(Framed)")),),
        right=(app(_TRAIT + _framed("(requires=(Titled,))") + _page("@tc.use(Titled, Framed)")),),
    ),
    Rule(
        code="TC608",
        title="hook of the wrong flavour",
        meaning="A hook that calls on, `around`, is a plain function and the method is async or a generator, or the"
        " reverse; and the hook has no twin of that flavour.",
        reason="A plain function cannot await what it wraps.",
        wrong=(
            app(
                '\n@tc.trait\nclass Timed(tc.TraitBase):\n    """Take the time."""\n\n'
                '    @tc.around("save")\n    def time(self, host, proceed, /):\n        return proceed()\n'
                + _page("@tc.use(Timed)", "async def save(self) -> None: ...")
            ),
        ),
        right=(
            app(
                '\n@tc.trait\nclass Timed(tc.TraitBase):\n    """Take the time."""\n\n'
                '    @tc.around("save")\n    def time(self, host, proceed, /):\n        return proceed()\n\n'
                "    @time.twin\n    async def time_async(self, host, proceed, /):\n        return await proceed()\n"
                + _page("@tc.use(Timed)", "async def save(self) -> None: ...")
            ),
        ),
    ),
    Rule(
        code="TC609",
        title="class without what a trait requires of it",
        meaning="The Protocol in the annotation of a member's host names an attribute that the class does not have.",
        reason="The first call would fail; binding says so earlier.",
        wrong=(
            shell("traitconf validate --app app"),
            app(
                "from typing import Protocol\n\nclass HasTitle(Protocol):\n    title: str\n"
                + _TRAIT.replace("(self, host)", "(self, host: HasTitle)")
                + _page("@tc.use(Titled)", 'name: str = ""')
            ),
        ),
        right=(
            shell("traitconf validate --app app"),
            app(
                "from typing import Protocol\n\nclass HasTitle(Protocol):\n    title: str\n"
                + _TRAIT.replace("(self, host)", "(self, host: HasTitle)")
                + _page("@tc.use(Titled)", 'title: str = ""')
            ),
        ),
    ),
    Rule(
        code="TC610",
        title="exclusion or alias of a member that does not exist",
        meaning="`exclude=` or `alias=` names a member that none of the traits gives.",
        reason="The member that was meant is still there, or has not the name that was wanted.",
        wrong=(app(_TRAIT + _page('@tc.use(Titled, exclude={"headng"})')),),
        right=(app(_TRAIT + _page('@tc.use(Titled, exclude={"heading"})')),),
    ),
    Rule(
        code="TC611",
        title="hook on something that is no method",
        meaning="A trait wraps a name that is a class or a plain value of the class.",
        reason="Only methods and properties, cached ones included, are called in a way that can be wrapped.",
        wrong=(app(_HEAD + _page("@tc.use(SoftDeletes)", "delete = print")),),
        right=(app(_HEAD + _page("@tc.use(SoftDeletes)", "def delete(self) -> None: ...")),),
    ),
    Rule(
        code="TC612",
        title="class that refuses to be changed",
        meaning="The class's metaclass raises when an attribute is set; the class is left as it was.",
        reason="Traits are bound in place. A class derived from it with another metaclass can have them.",
        wrong=(
            app(
                "\nclass Sealed(type):\n    def __setattr__(cls, name, value):\n"
                '        raise TypeError("sealed")\n' + _TRAIT + "\n@tc.use(Titled)\nclass Page(metaclass=Sealed):\n"
                '    title = ""\n'
            ),
        ),
        right=(app(_TRAIT + _page("@tc.use(Titled)")),),
    ),
    Rule(
        code="TC613",
        title="class that cannot be imported",
        meaning='`"module:ClassName"` names no module, nothing in it, or something that is no class.',
        reason="There is nothing to bind to.",
        wrong=(app(_TRAIT + '\ntc.bind("collections:Nothing", Titled)\n'),),
        right=(app(_TRAIT + '\ntc.bind("argparse:Namespace", Titled)\ntc.unbind(__import__("argparse").Namespace)\n'),),
    ),
    Rule(
        code="TC614",
        title="application that cannot be imported",
        meaning="The module named by `--app`, TRAITCONF_APP or the option `runtime.app`, or a module of the package"
        " that `traitconf adopt` looks at, does not exist, or fails when it is imported; the line that failed is"
        " shown.",
        reason="Without the application its traits and models are unknown, and nothing about them can be checked.",
        wrong=(shell("traitconf validate --app shpo"), Listing("import traitconf as tc\n", "shop.py"), _SHORT),
        right=(shell("traitconf validate --app shop"), Listing("import traitconf as tc\n", "shop.py"), _SHORT),
    ),
    Rule(
        code="TC615",
        title="member of an impossible name",
        meaning="A trait would give a member, or an alias for one, of a name that is no identifier or that Python or"
        " traitconf needs itself.",
        reason="It could not be called, or would break the class.",
        wrong=(app(_TRAIT + _page('@tc.use(Titled, alias={"heading": "class"})')),),
        right=(app(_TRAIT + _page('@tc.use(Titled, alias={"heading": "headline"})')),),
    ),
    Rule(
        code="TC630",
        title="values beside objects that take no weak references",
        meaning="A trait keeps values about each object, and the class has `__slots__` without `__weakref__`.",
        reason="The values are kept beside the object and go with it, which only a weak reference can tell.",
        wrong=(
            app(_HEAD + _page("@tc.use(SoftDeletes)", '__slots__ = ("title",)\n\n    def delete(self) -> None: ...')),
        ),
        right=(
            app(
                _HEAD
                + _page(
                    "@tc.use(SoftDeletes)",
                    '__slots__ = ("__weakref__", "title")\n\n    def delete(self) -> None: ...',
                )
            ),
        ),
    ),
    Rule(
        code="TC631",
        title="trait that writes a field of a frozen class",
        meaning="A trait writes into a field of its host, and the class does not let its fields be written.",
        reason="Every call would fail where the trait writes.",
        wrong=(
            app(
                "import attrs\n"
                + _HEAD
                + _page(
                    "@tc.use(Sluggable)\n@attrs.frozen", 'title: str\n    slug: str = ""\n\n    def save(self): ...'
                )
            ),
        ),
        right=(
            app(
                "import attrs\n"
                + _HEAD
                + _page(
                    "@tc.use(Sluggable)\n@attrs.define", 'title: str\n    slug: str = ""\n\n    def save(self): ...'
                )
            ),
        ),
    ),
    Rule(
        code="TC632",
        title="tenant_of that names nothing",
        meaning="The class says by `tenant_of` where its objects have their tenant, and they have no such attribute.",
        reason="Calls would run for whomever happens to run.",
        wrong=(app(_TRAIT + _page("@tc.use(Titled)", 'tenant_of = "acount"\n    account = title = ""')),),
        right=(app(_TRAIT + _page("@tc.use(Titled)", 'tenant_of = "account"\n    account = title = ""')),),
    ),
)
