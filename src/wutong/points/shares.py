"""How much of the whole each indicator stands for, in hundredths of a percent."""

from __future__ import annotations

from decimal import Decimal

from wutong.points.model import WHOLE, PointModel, Profile


def coverage_shares(model: PointModel, profile: Profile) -> list[int]:
    """Return the share of every leaf in the points to be had, in basis points that sum to 10,000.

    The share is the effective weight times the maximum; what rounding leaves goes to the largest remainders.
    """
    effective = model.effective(profile)
    worth = [effective[leaf.code] * leaf.max for leaf in model.leaves]
    return apportioned(worth, WHOLE)


def apportioned(parts: list[Decimal], whole: int) -> list[int]:
    """Return whole numbers in proportion to `parts` that sum to `whole` (largest remainder).

    >>> apportioned([Decimal(1), Decimal(1), Decimal(1)], 100)
    [34, 33, 33]
    """
    all_ = sum(parts, Decimal(0))
    if all_ == 0:
        return [0 for _ in parts]
    exact = [p * whole / all_ for p in parts]
    floors = [int(e) for e in exact]
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[: whole - sum(floors)]:
        floors[i] += 1
    return floors
