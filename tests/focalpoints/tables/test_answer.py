"""What becomes of a request for a file: how many are made at once, what is said to the others, and what stays behind (nothing)."""

import errno
import glob
import gzip
import tempfile
from contextlib import contextmanager, nullcontext
from datetime import date
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from focalpoints.pages import page_cache
from focalpoints.tables import answer, drawing, xlsx_file
from focalpoints.tables.column import Column
from focalpoints.tables.drawing import PIECE, PLACES, Place, SentFile, TooManyFiles
from focalpoints.tables.table import Table, few

pytestmark = pytest.mark.once
COLUMNS = (Column("code", "Código", "code"), Column("number", "Número", "integer"))
DAY = date(2018, 10, 15)


def table(rows: Any = lambda asked: iter(())) -> Table:
    return Table("things", "Cosas", "Todas.", COLUMNS, rows)


def asked(fmt: str, rows: Any, method: str = "get", accepts: str = "", **options: Any) -> Any:
    request = getattr(RequestFactory(), method)("/cosas/", headers={"accept-encoding": accepts})
    return answer.answered(request, table(), rows, fmt, day=DAY, **{"count": few, **options})


def free_places() -> int:
    """By taking all that there are and leaving them again."""
    taken: list[Place] = []
    try:
        while True:
            taken.append(Place())
    except TooManyFiles:
        return len(taken)
    finally:
        for place in taken:
            place.leave()


def failing(after: int, error: Exception) -> Any:
    for number in range(after):
        yield (f"A-{number}", number)
    raise error


@pytest.fixture(autouse=True)
def nothing_is_left(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Temporary files go into a folder of the test, which is empty afterwards; all places are free."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert (glob.glob(f"{tmp_path}/**", recursive=True)[1:], free_places()) == ([], PLACES)


def test_a_file_is_called_by_its_table_its_filters_and_its_day():
    assert answer.file_name(table(), ["SCT", "Vencidos"], DAY, "csv") == "cosas_sct_vencidos_2018-10-15.csv"
    assert (
        answer.file_name(table(), ["¿Qué = «esto»?", "日本", "../../x"], DAY, "xlsx")
        == "cosas_que-esto_x_2018-10-15.xlsx"
    )
    assert (
        answer.file_name(table(), ["tarea: MC-250K/T1 (SCT)"], DAY, "csv")
        == "cosas_tarea-mc-250k-t1-sct_2018-10-15.csv"
    )
    assert len(answer.file_name(table(), ["palabra" * 50], DAY, "csv")) < 140


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "xlsx"])
def test_a_file_says_its_length_and_is_closed_when_it_was_read(fmt):
    response = asked(fmt, iter([("A-1", 1)] * 3))
    assert free_places() == PLACES - 1
    content = b"".join(response)
    assert int(response["Content-Length"]) == len(content) > 20
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["EDN-Ledger-Head"]


def test_text_travels_compressed_where_that_is_taken():
    rows = [(f"A-{number}", number) for number in range(1000)]
    for fmt in ("csv", "jsonl"):
        zipped = asked(fmt, iter(rows), accepts="gzip")
        content = b"".join(zipped)
        assert (zipped["Content-Encoding"], int(zipped["Content-Length"])) == ("gzip", len(content))
        assert gzip.decompress(content) == b"".join(asked(fmt, iter(rows)))
        assert len(content) * 2 < len(gzip.decompress(content))
    book = asked("xlsx", iter(rows), accepts="gzip")
    assert "Content-Encoding" not in book
    assert b"".join(book).startswith(b"PK")


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "xlsx"])
def test_what_fails_in_the_middle_is_no_file(fmt):
    with pytest.raises(ZeroDivisionError):
        asked(fmt, failing(700, ZeroDivisionError()))


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "xlsx"])
def test_a_full_disk_is_a_page_that_says_so(fmt):
    response = asked(fmt, failing(700, OSError(errno.ENOSPC, "No space left on device")))
    assert (response.status_code, response["Retry-After"]) == (503, "15")
    with pytest.raises(OSError, match="gone"):
        asked(fmt, failing(3, OSError(errno.EIO, "gone")))


def test_a_disk_that_is_full_when_the_book_is_put_together_too(monkeypatch):
    def full(self: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", full)
    assert asked("xlsx", iter([("A-1", 1)])).status_code == 503


def test_a_book_ends_at_its_most_rows(monkeypatch):
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 10)
    rows = [("A-1", 1)] * 11
    with override("en"):
        response = asked("xlsx", iter(rows))
    assert (response.status_code, "as CSV" in response.text) == (400, True)
    assert (
        asked("xlsx", failing(0, AssertionError("not one row is read")), count=lambda: answer.MOST_ROWS + 1).status_code
        == 400
    )
    b"".join(asked("xlsx", iter(rows[:10])))
    b"".join(asked("csv", iter(rows)))


def test_who_only_asks_for_its_head_has_no_row_drawn():
    response = asked("csv", failing(0, AssertionError("not one row is read")), method="head")
    assert (response.status_code, "attachment" in response["Content-Disposition"]) == (200, True)


def test_of_many_at_once_some_are_made_and_the_others_are_told_to_wait():
    """Whoever has a file that nobody reads on has a place; hanging up gives it back."""
    held = [asked("csv", iter([("A-1", 1)])) for _number in range(PLACES)]
    response = asked("csv", failing(0, AssertionError("not one row is read")))
    assert (response.status_code, response["Retry-After"], "no-store" in response["Cache-Control"]) == (429, "15", True)
    sent = held.pop()
    next(iter(sent))
    sent._iterator.close()  # as the server closes it; the response itself would also end the test's connection
    b"".join(asked("csv", iter([("A-1", 1)])))
    for response in held:
        b"".join(response)


def test_few_draw_at_once_and_who_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS_TO_WAIT", 0.05)
    for fmt in ("csv", "xlsx"):
        turns = [drawing.turn_to_draw(fmt) for _number in range(drawing.DRAWN_AT_ONCE[fmt])]
        for turn in turns:
            turn.__enter__()
        assert asked(fmt, failing(0, AssertionError("not one row is read"))).status_code == 429
        for turn in turns:
            turn.__exit__(None, None, None)
        b"".join(asked(fmt, iter([("A-1", 1)])))


def test_a_place_is_left_once_and_by_who_forgets_the_file_too():
    place = Place()
    sent = SentFile(BytesIO(b"x" * (PIECE + 1)), place)
    assert [len(piece) for piece in sent] == [PIECE, 1]
    sent.close()
    place.leave()
    forgotten = SentFile(BytesIO(b"x"), Place())
    del forgotten


def test_two_hundred_at_once_leave_every_place_free(monkeypatch):
    """Each gets a file or is told; no place is lost or left twice."""
    monkeypatch.setattr(drawing, "SECONDS_TO_WAIT", 0.01)
    # A thread has no connection that a test would share with it.
    monkeypatch.setattr(page_cache, "ledger_stands", lambda: [(1, "0" * 64)])
    monkeypatch.setattr(answer, "snapshot", nullcontext)
    monkeypatch.setattr(answer, "refused", lambda request, why, status: HttpResponse(why, status=status))
    start, outcomes = Barrier(200), []

    def ask(number: int) -> None:
        start.wait()
        try:
            rows = failing(200, ZeroDivisionError()) if number % 10 == 0 else iter([("A-1", 1)] * 300)
            response = asked("csv", rows)
            content = b"".join(response)
            outcomes.append("drawn" if response.status_code == 200 else content.decode())
        except ZeroDivisionError:
            outcomes.append("failed")

    threads = [Thread(target=ask, args=[number]) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 200
    assert {"busy", "drawn"} <= set(outcomes) <= {"busy", "drawn", "failed"}


def test_a_file_names_the_head_that_its_rows_have(monkeypatch):
    """Something was recorded between the request and its turn: head, tag and rows are of one instant, which is later."""
    stands, inside = [(1, "a" * 64)], []

    @contextmanager
    def later() -> Any:
        stands[:] = [(2, "b" * 64)]
        inside.append(True)
        yield
        inside.clear()

    def rows() -> Any:
        assert inside
        yield ("A-1", 1)

    monkeypatch.setattr(page_cache, "ledger_stands", lambda: list(stands))
    monkeypatch.setattr(answer, "snapshot", later)
    response = asked("csv", rows())
    b"".join(response)
    assert response["EDN-Ledger-Head"] == f"2 {'b' * 64}"
    monkeypatch.setattr(answer, "snapshot", nullcontext)
    same = asked("csv", iter([("A-1", 1)]))
    b"".join(same)
    assert same["ETag"] == response["ETag"]


def test_what_is_too_long_for_a_book_takes_no_turn(monkeypatch):
    def taken(*_arguments: Any) -> None:
        raise AssertionError("a place was taken")

    monkeypatch.setattr(answer, "Place", taken)
    many = failing(0, AssertionError("not one row is read"))
    assert asked("xlsx", many, count=lambda: answer.MOST_ROWS + 1).status_code == 400
