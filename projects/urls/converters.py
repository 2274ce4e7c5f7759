"""Parts of an address that are more than a word or a number."""

from datetime import date

from django.urls import register_converter


class DayConverter:
    """A day, written 2018-10-15. What is no day answers 404."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")
DAY = "<day:day>"
