"""What administrators must look at now. Apps above add theirs to ALARMS when they start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from focalpoints.workflow import StrOrPromise


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong and what to do, with the page that shows it."""

    text: StrOrPromise
    url: str
    label: StrOrPromise


ALARMS: list[Callable[[], Iterable[Alarm]]] = []


def alarms() -> list[Alarm]:
    return [alarm for watch in ALARMS for alarm in watch()]
