"""`focalpoints.caching`, for pages that show lights: they change with the rule's version too."""

from functools import partial

from focalpoints import caching

from .lights import RULE_VERSION

public_page = partial(caching.public_page, rule_version=RULE_VERSION)
