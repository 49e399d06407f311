"""An adopted class in use by many at once: every tenant sees its own values, also while the adoption comes and goes."""

from __future__ import annotations

import asyncio
import itertools
import threading

import traitconf as tc

_numbers = itertools.count()


def paged():
    """Return a mixin and a host."""

    class Paged:
        size = 20

        def pages(self, count):
            return count // self.size

    class Host(Paged): ...

    return Paged, Host


def test_two_hundred_tasks_of_different_tenants(tc_config):
    """Tasks that run at the same time read the values of their own tenants, whatever runs between."""
    cls, host = paged()
    trait = f"crowded_{next(_numbers)}"
    tc.adopt(cls, trait)
    tc_config({f"tenants/t{number}.toml": f"[{trait}]\nsize = {number + 1}\n" for number in range(200)})

    async def work(number):
        with tc.tenant(f"t{number}"):
            seen = set()
            for _ in range(5):
                seen.add((host.size, host().pages(1000)))
                await asyncio.sleep(0)
        return seen

    async def main():
        return await asyncio.gather(*(work(number) for number in range(200)))

    assert asyncio.run(main()) == [{(number + 1, 1000 // (number + 1))} for number in range(200)]


def test_threads_while_the_adoption_comes_and_goes(tc_runtime):
    """Readers see the same value throughout and never a fault, and in the end all is as before."""
    cls, host = paged()
    before = dict(vars(cls))
    name, faults, done = f"swapped_{next(_numbers)}", [], threading.Event()

    def read():
        while not done.is_set():
            try:
                assert (host.size, host().pages(40)) == (20, 2)
            except BaseException as error:  # noqa: BLE001 -- told by the main thread
                faults.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(25):
        tc.unbind(cls, tc.adopt(cls, name))
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert dict(vars(cls)) == before


def test_threads_while_the_configuration_changes(tc_config):
    """Readers see the value of some published configuration, and the last one in the end."""
    cls, host = paged()
    trait, seen, done = f"renewed_{next(_numbers)}", set(), threading.Event()
    tc.adopt(cls, trait)
    runtime = tc_config({"traits.toml": f"[{trait}]\nsize = 1\n"})

    def read():
        while not done.is_set():
            seen.add(host.size)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for size in range(1, 20):
        (runtime.paths[0] / "traits.toml").write_text(f"[{trait}]\nsize = {size}\n", encoding="utf-8")
        runtime.reload()
    done.set()
    for reader in readers:
        reader.join()
    assert host.size == 19
    assert seen <= set(range(1, 20))
