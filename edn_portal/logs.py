"""Log records as JSON lines on standard error, for journald and whatever reads it."""

import json
import logging
import re
from datetime import UTC, datetime

# Links in account mails carry a single-use key; it has no business in a log.
KEY_IN_PATH = re.compile(r"(/cuenta/\S*?/)[^/\s]{16,}")


class JsonLines(logging.Formatter):
    """time, level, logger and message; status and path of a request; the traceback. Never a body, a header or a cookie."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage()),
        }
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if method := getattr(getattr(record, "request", None), "method", None):
            line["method"] = method
        if record.exc_info:
            line["exception"] = without_keys(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def without_keys(text: str) -> str:
    return KEY_IN_PATH.sub(r"\1…", text)
