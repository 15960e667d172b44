"""Double funding: benefits of different policies that pay for the same matter, and who gets both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import numpy as np

from wutong.policy.amounts import Combined
from wutong.policy.combine import Item, yuan


@dataclass(frozen=True, slots=True)
class Doubled:
    """Two benefits for one matter."""

    matter: str
    first: Item
    second: Item
    exclusive: bool
    """A common group already keeps them apart."""
    companies: int
    """Companies whose best combination surely holds both."""
    possible: int
    """Companies that may turn out to get both."""
    amount: Decimal
    """The smaller of the two, summed over `companies`, 元: what is surely paid twice."""


def doubled(combined: Combined) -> list[Doubled]:
    """Return every pair of benefits of different policies that pay for the same matter.

    Within one policy several payments for a matter are its own design and not told.
    """
    items, amounts, choice = combined.amounts.items, combined.amounts, combined.choice
    found = []
    for (a, first), (b, second) in combinations(enumerate(items), 2):
        matters = set(first.benefit.pays_for) & set(second.benefit.pays_for)
        if first.policy == second.policy or not matters:
            continue
        exclusive = bool(set(first.benefit.groups) & set(second.benefit.groups))
        least = np.minimum(choice.paid[:, a], choice.paid[:, b])
        both = choice.chosen[:, a] & choice.chosen[:, b]
        may = both & ((amounts.high[:, a] > 0) | amounts.open[:, a]) & ((amounts.high[:, b] > 0) | amounts.open[:, b])
        found += [
            Doubled(matter, first, second, exclusive, int((least > 0).sum()), int(may.sum()), yuan(int(least.sum())))
            for matter in sorted(matters)
        ]
    return sorted(found, key=lambda d: (-d.amount, d.matter, d.first.policy, d.second.policy))
