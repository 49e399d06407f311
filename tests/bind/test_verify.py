"""`verify` as a whole: subclasses, order, what binding would say today, and that nothing is changed."""

from __future__ import annotations

import traitconf as tc


def test_a_class_without_traits_is_well():
    """There is nothing to say about a class that has no traits."""
    assert tc.verify(int) == ()


def test_faults_of_different_kinds_are_reported_together_and_once(speaking, tracer):
    """A class and its subclasses are looked at, each fault stands once, and nothing is changed."""

    @tc.use(speaking, tracer("tracing"))
    class Article:
        def __init__(self):
            self.loud = 1

        def save(self): ...

    class Left(Article): ...

    class Right(Article): ...

    class Both(Left, Right):
        say: str = ""

    Article.save = lambda self: None
    before = dict(vars(Article))
    found = tc.verify(Article)
    assert [problem.code for problem in found] == ["TC641", "TC642", "TC642"]
    assert all(problem.hint and problem.origin and problem.related for problem in found)
    assert dict(vars(Article)) == before


def test_what_binding_would_refuse_today_is_reported(tc_runtime):
    """A requirement that the class met when it was bound, and does not meet any more, is reported as by `bind`."""

    @tc.trait
    class Needed(tc.TraitBase):
        """Be there."""

    @tc.trait(requires=(Needed,))
    class Needing(tc.TraitBase):
        """Need the other."""

    @tc.use(Needed, Needing)
    class Article: ...

    tc.unbind(Article, Needed)
    assert [problem.code for problem in tc.verify(Article)] == ["TC607"]
