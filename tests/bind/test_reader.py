from __future__ import annotations

import gc

import traitconf as tc
from traitconf.bind.context import current


def test_it_reads_what_resolve_reads(speaking, tc_config):
    """A reader returns the very trait that `resolve` returns, for whatever tenant runs."""
    tc_config({"traits.toml": "[speaking]\nword = 'ho'\n", "tenants/acme.toml": "[speaking]\nword = 'hi'\n"})
    read = tc.reader(speaking)
    assert read().word == "ho"
    with tc.tenant("acme"):
        assert read().word == "hi"
        assert read() is tc.resolve(speaking)
        with tc.override({"speaking.word": "hu"}):
            assert read().word == "hu"
    assert read().word == "ho"


def test_it_reads_for_a_model(speaking, tc_config):
    """The model is a class or a name, and named once."""
    tc_config({"models/Host.toml": "[speaking]\nword = 'ho'\n"}, complete=False)

    @tc.use(speaking)
    class Host: ...

    assert tc.reader(speaking, Host)().word == "ho"
    assert tc.reader(speaking, "Host")().word == "ho"
    assert tc.reader(speaking, "Other")().word == "hey"


def test_it_follows_every_published_snapshot(speaking, tc_config):
    """After a reload a reader returns the new value."""
    runtime = tc_config({"traits.toml": "[speaking]\nword = 'ho'\n"})
    read = tc.reader(speaking)
    assert read().word == "ho"
    (runtime.paths[0] / "traits.toml").write_text("[speaking]\nword = 'hi'\n")
    runtime.reload()
    assert read().word == "hi"


def test_a_reader_is_made_before_a_runtime(speaking, tc_config):
    """A reader that is older than the configuration reads it."""
    read = tc.reader(speaking)
    tc_config({"traits.toml": "[speaking]\nword = 'ho'\n"})
    assert read().word == "ho"


def test_a_second_reading_returns_the_same_object(speaking):
    """What was resolved is kept in the table."""
    read = tc.reader(speaking)
    assert read() is read()


def test_readers_give_their_place_back(speaking):
    """Readers that nobody holds leave no entry in the tables."""
    tc.reader(speaking)()
    gc.collect()
    size = len(current().chains)
    for _ in range(100):
        tc.reader(speaking)()
    gc.collect()
    assert len(current().chains) == size
