"""What is refused from a source that is not trusted."""

from __future__ import annotations

import pytest

from traitconf.layers.definition import definitions_of
from traitconf.layers.layer import GLOBAL, CodeDocument, Layer
from traitconf.types import Origin, Source


@pytest.mark.parametrize(("source", "codes"), [(Source.STORE, ["TC230"]), (Source.FILE, [])])
def test_by_source(sample, source, codes):
    """A store may not say it, inside a band either; a file may."""
    document = CodeDocument(Origin(source, name="somewhere"))
    table = {"sample": {"name": {"force": {"secret": "env:HOME"}}, "days": 3}}
    problems = []
    found = list(definitions_of(Layer(GLOBAL, source, 0, table, document), sample.__traitconf_spec__, problems.append))
    assert [problem.code for problem in problems if problem.code == "TC230"] == codes
    assert [definition.raw for definition in found if definition.option.name == "days"] == [3]
