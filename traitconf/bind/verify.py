"""`verify()`: whether what was bound to a class is still in force, each fault with its fix."""

from __future__ import annotations

from collections.abc import Iterator

from traitconf.bind import embedded, keeping, lost, shadowed
from traitconf.bind.binding import bindings_of
from traitconf.bind.weave import descendants_of
from traitconf.errors import Problem


def verify(cls: type) -> tuple[Problem, ...]:
    """Look for what keeps the traits of a class, and of its subclasses, from doing what they are there for.

    Nothing is changed. Looked for are methods that somebody replaced after binding, members that fields hide, values
    that cannot be kept about objects, Pydantic models that were built before their traits; and faults that binding
    itself would report today.

    Args:
        cls: any class.

    Returns:
        the problems, each with its fix as the hint; none when all is well.

    >>> import traitconf as tc
    >>> from traitconf.traits import SoftDeletes
    >>> @tc.use(SoftDeletes)
    ... class Note:
    ...     def delete(self): ...
    >>> tc.verify(Note)
    ()
    >>> Note.delete = lambda self: None
    >>> [problem.message for problem in tc.verify(Note)]
    ['Note.delete was replaced after binding, so that calls pass by SoftDeletes']
    """
    found = [problem for one in (cls, *descendants_of(cls)) for problem in _problems(one)]
    return tuple(dict.fromkeys(found))


def _problems(cls: type) -> Iterator[Problem]:
    if next(bindings_of(cls), None) is None:
        return
    yield from lost.planned(cls).problems
    for part in (lost, shadowed, keeping, embedded):
        yield from part.problems_of(cls)
