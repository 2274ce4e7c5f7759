"""Every plan of a prepared query that any test makes is made a second time, for other stand-ins: nothing else may differ.

Where it does, a value reached the SQL otherwise than as it is (added to, within a pattern, as an offset), and the plan would ask with
the stand-in for ever. Production is spared the second writing.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from focalpoints.sql import prepared

OTHERS = 5000


@pytest.fixture(autouse=True, scope="session")
def plans_differ_in_their_values_alone() -> Iterator[None]:
    planned, stand_in = prepared._Prepared._planned, prepared._stand_in
    one_at_a_time = threading.RLock()  # two threads would put each other's stand-ins back, and leave them for good

    def planned_twice(self: Any, given: dict[str, Any], values: list[Any]) -> Any:
        with one_at_a_time, pytest.MonkeyPatch.context() as patch:
            plan = planned(self, given, values)
            patch.setattr(prepared, "_stand_in", lambda number, value: stand_in(OTHERS - number, value))
            other = planned(self, given, values)
        assert fixed(plan) == fixed(other), f"A value of {self.build} does not reach the database as it is."
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared._Prepared, "_planned", planned_twice)
        yield


def fixed(plan: Any) -> tuple[str, list[Any]]:
    """What all that ask with this plan have in common."""
    if not plan.sql:
        return "", []
    filled = {index for index, *_ in plan.filled}
    return plan.sql, [None if index in filled else param for index, param in enumerate(plan.params)]
