"""`Samples`: what was measured of some contenders, and the figures that it gives."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Samples:
    """What was measured of some contenders in the same rounds.

    Attributes:
        seconds: of each contender, one for each round.
        faults: why a contender could not be measured, or does not count.
    """

    seconds: Mapping[str, Sequence[float]]
    faults: Mapping[str, str] = field(default_factory=dict)

    def less(self, nothing: str) -> Samples:
        """Return the same without what a contender that does nothing takes, round by round."""
        net = {
            name: [one - idle for one, idle in zip(taken, self.seconds[nothing], strict=True)]
            for name, taken in self.seconds.items()
            if name != nothing
        }
        return Samples(net, self.faults)

    def ratios(self, name: str, base: str) -> list[float]:
        """Return how many times the base a contender takes, round by round."""
        # A contender that takes next to nothing may come out below nothing.
        pairs = zip(self.seconds[name], self.seconds[base], strict=True)
        return [one / other for one, other in pairs if other > 0]

    def differences(self, name: str, base: str) -> list[float]:
        """Return how many seconds more than the base a contender takes, round by round."""
        return [one - other for one, other in zip(self.seconds[name], self.seconds[base], strict=True)]

    def exponents(self, name: str) -> list[float]:
        """Return the power of the size by which a contender grows, round by round: a line through the logarithms.

        Args:
            name: of the contender; the size stands behind it, as in `load 100`.
        """
        sized = {
            one.removeprefix(f"{name} "): taken for one, taken in self.seconds.items() if one.startswith(f"{name} ")
        }
        sizes = [math.log(int(size)) for size in sized]
        rounds = zip(*sized.values(), strict=True)
        return [statistics.linear_regression(sizes, [math.log(one) for one in taken]).slope for taken in rounds]

    def median(self, name: str) -> float:
        """Return the median of a contender's seconds."""
        return statistics.median(self.seconds[name])


def quartiles(figures: Sequence[float]) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile; one figure is all three."""
    if len(figures) == 1:
        return figures[0], figures[0], figures[0]
    lower, median, upper = statistics.quantiles(figures, n=4)
    return lower, median, upper
