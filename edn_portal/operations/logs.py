"""Log records as JSON lines on standard error, for journald and whatever reads it."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# Links in account mails carry a single-use key, addresses of calendars a lasting one: neither has any business in a log.
KEY_IN_PATH = re.compile(r"(/cuenta/\S*?/|/calendario/)[^/?\s]{16,}")


class JsonLines(logging.Formatter):
    """time, level, logger and message; status and path of a request; the traceback of a fault. Never a body, a header or a cookie."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage()),
        }
        status = getattr(record, "status_code", None)
        if status:
            line["status"] = status
        if method := getattr(getattr(record, "request", None), "method", None):
            line["method"] = method
        if record.exc_info and (status is None or status >= 500):  # a refusal needs no traceback
            line["exception"] = without_keys(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(level: str) -> dict[str, Any]:
    """For settings.LOGGING: everything to standard error, in place of Django's mails to administrators."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"level": "INFO"}},
    }


def without_keys(text: str) -> str:
    return KEY_IN_PATH.sub(r"\1…", text)
