"""Whose sign-in asks for more than a password, as the operator says it in EDN_SECOND_FACTOR_FOR."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

KINDS = frozenset({"administrators", "coordinators", "focal-points"})


def kinds(named: Iterable[str]) -> frozenset[str]:
    """For settings.SECOND_FACTOR_FOR. A misspelt kind would leave its people without: it is refused."""
    wanted = frozenset(name.strip() for name in named if name.strip())
    if unknown := wanted - KINDS:
        raise ImproperlyConfigured(
            f"EDN_SECOND_FACTOR_FOR knows {', '.join(sorted(KINDS))}, not {', '.join(sorted(unknown))}."
        )
    return wanted
