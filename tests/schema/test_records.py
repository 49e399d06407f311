from __future__ import annotations

import attrs
import pytest

from traitconf.schema.kinds import METADATA, kind_of
from traitconf.schema.options import violation
from traitconf.schema.records import CacheOptions, EventOptions, LogOptions, MetricOptions, QueueOptions
from traitconf.schema.trait import record_spec

RECORDS = (CacheOptions, EventOptions, LogOptions, MetricOptions, QueueOptions)


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_is_an_option(record):
    """Each field is declared with a sentence, suits its own type, and its record can be made without arguments."""
    spec = record_spec(record, "sample")
    assert [*spec.options] == [field.name for field in attrs.fields(record)]
    assert all(option.meta.doc.endswith(".") for option in spec.options.values())
    assert kind_of(record).accepts(record())


@pytest.mark.parametrize("record", RECORDS)
def test_shares_are_limited(record):
    """Every share lies between 0 and 1."""
    spec = record_spec(record, "sample")
    for name in {"sample", "jitter"} & set(spec.options):
        assert violation(spec.options[name], 1.1)
        assert violation(spec.options[name], -0.1)


@pytest.mark.parametrize("record", RECORDS)
def test_records_are_frozen(record):
    """A record cannot be changed once it is made."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record().enabled = False
    assert all(METADATA in field.metadata for field in attrs.fields(record))
