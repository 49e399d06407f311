from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import attrs

import traitconf as tc


@tc.trait
class Reported(tc.TraitBase):
    """Write a report."""

    title: str = tc.option("Report", doc="The first line.")
    rows: int = tc.option(3, ge=1, doc="How many rows are shown.")
    shout: bool = tc.option(False, doc="Whether the title is in capitals.")

    @tc.provides
    def report(self, host: Sales) -> str:
        title = self.title.upper() if self.shout else self.title
        return "\n".join([title, *(f"  {amount}" for amount in host.amounts[: self.rows])])


@tc.use(Reported)
@attrs.frozen
class Sales:
    amounts: tuple[int, ...]


def report_for(tenant: str) -> str:
    with tc.tenant(tenant):  # entered in the thread itself: threads of a pool begin without a context
        return Sales((5, 3, 2, 1)).report()


def main(tenants: list[str]) -> None:
    runtime = tc.configure("config/", complete=True)
    with ThreadPoolExecutor() as pool:
        for text in pool.map(report_for, tenants or sorted(runtime.snapshot.tenants)):
            print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
