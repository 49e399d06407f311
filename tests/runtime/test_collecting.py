from __future__ import annotations

import gc

import pytest

import traitconf as tc
from traitconf.runtime.collecting import not_collecting


@pytest.fixture(autouse=True)
def collecting():
    """The collector is on, before and after."""
    gc.enable()
    yield
    gc.enable()


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was(was_on):
    """Nothing is collected inside of the block, and afterwards the collector is on or off as before."""
    (gc.enable if was_on else gc.disable)()
    with pytest.raises(KeyError), not_collecting():
        raise KeyError(gc.isenabled())
    with not_collecting():
        assert not gc.isenabled()
    assert gc.isenabled() is was_on


def test_a_load_leaves_the_collector_on(tc_config, badge):
    """Reading a configuration, a refused one included, leaves the collector on."""
    tc_config({"traits.toml": "[badge]\nsize = 2\n"})
    assert gc.isenabled()
    with pytest.raises(tc.ConfigError):
        tc_config({"traits.toml": "[badge]\nsize = true\n"})
    assert gc.isenabled()
