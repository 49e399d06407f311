from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import traitconf as tc
from traitconf.bind.binding import bound_class

TENANTS = (None, "acme", "globex", "stranger")


def together(*actions):
    """Run functions at once, each in a thread of its own; what one raises is raised."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(run, action) for action in actions]]


def test_configuration_is_swapped_while_four_threads_call(tc_config):
    """Every call sees one whole configuration, old or new, whatever is published meanwhile; the last one stays."""

    @tc.trait
    class Pairing(tc.TraitBase):
        """Two options that are always changed together."""

        left: int = tc.option(0, doc="One.")
        right: int = tc.option(0, doc="The other.")

        @tc.around("save")
        def pair(self, host, proceed, /):
            """Return both, and those of the view."""
            seen = tc.resolve(Pairing, Host)
            return self.left, self.right, seen.left, seen.right, proceed()

    @tc.use(Pairing)
    class Host:
        def save(self):
            return "saved"

    def text(number):
        return f"[pairing]\nleft = {number}\nright = {number}\n"

    runtime = tc_config({"traits.toml": text(0), "tenants/acme.toml": text(0), "tenants/globex.toml": text(0)})
    files = [runtime.paths[0] / name for name in ("traits.toml", "tenants/acme.toml", "tenants/globex.toml")]
    done = threading.Event()

    def swap():
        try:
            for number in range(1, 41):
                for file in files:
                    file.write_text(text(number))
                runtime.reload()
        finally:
            done.set()

    def call(tenant):
        seen, host = set(), Host()
        while not (seen and done.is_set()):
            with tc.tenant(tenant):
                left, right, other_left, other_right, result = host.save()
            assert (left, other_left, result) == (right, other_right, "saved")
            seen.add(left)
        return seen

    _, *seen = together(swap, *[lambda tenant=tenant: call(tenant) for tenant in TENANTS])
    for tenant, numbers in zip(TENANTS, seen, strict=True):
        assert numbers <= set(range(41))
        with tc.tenant(tenant):
            assert Host().save() == (40, 40, 40, 40, "saved")


def test_binding_and_unbinding_while_others_call(tracer, speaking):
    """A class can be bound and unbound while it is called; every call runs the body once."""
    one = tracer("one")

    class Host:
        def save(self, x):
            return x

    before = dict(vars(Host))
    done = threading.Event()

    def rebind():
        try:
            for _ in range(150):
                tc.bind(Host, one, speaking(word="ho"))
                tc.unbind(Host)
        finally:
            done.set()

    def call():
        host, turn = Host(), 0
        while turn < 200 or not done.is_set():
            assert host.save(turn) == turn
            turn += 1

    together(rebind, call, call, call)
    assert dict(vars(Host)) == before
    assert bound_class(Host) is None


def test_classes_are_bound_in_many_threads_at_once(tracer, log):
    """Binding many classes in many threads gives each its own join point."""
    one = tracer("one")
    made = []

    def bind_some(start):
        for number in range(start, start + 25):

            @tc.use(one)
            class Host:
                def save(self, number=number):
                    return number

            made.append((Host, number))

    together(*[lambda start=start: bind_some(start) for start in (0, 100, 200, 300)])
    assert len(made) == 100
    assert all(cls().save() == number for cls, number in made)
    assert log == ["one<", ">one"] * 100


def test_the_first_call_is_made_in_many_threads_at_once(tracer, log):
    """However many threads make the first call, each runs within the hooks once."""

    @tc.use(tracer("one"))
    class Host:
        def save(self):
            return 1

    assert together(*[Host().save] * 4) == [1] * 4
    assert sorted(log) == sorted(["one<", ">one"] * 4)
