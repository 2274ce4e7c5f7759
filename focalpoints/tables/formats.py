"""The formats in which a table is taken away, and the last part of the addresses of such files."""

from dataclasses import dataclass

from django.urls import register_converter

from focalpoints.tables import csv_file, json_lines, xlsx_file


@dataclass(frozen=True, slots=True)
class FileFormat:
    """`label` is what links call it. `is_text`: it is compressed on its way."""

    label: str
    content_type: str
    is_text: bool = True


FORMATS = {
    "xlsx": FileFormat("XLSX", xlsx_file.CONTENT_TYPE, is_text=False),
    "csv": FileFormat("CSV", csv_file.CONTENT_TYPE),
    "jsonl": FileFormat("JSON Lines", json_lines.CONTENT_TYPE),
}


def formats_for(count: int) -> dict[str, FileFormat]:
    """Those that hold so many rows."""
    return {fmt: known for fmt, known in FORMATS.items() if fmt != "xlsx" or count <= xlsx_file.MOST_ROWS}


class FormatConverter:
    """`csv`, `xlsx` or `jsonl`; anything else answers 404."""

    regex = "|".join(FORMATS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


# Here, and not beside the addresses: those of two apps end in it, and their views come by here first.
register_converter(FormatConverter, "format")
