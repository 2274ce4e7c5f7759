"""Public pages are kept while they are true and not a moment longer; the same bytes are not sent twice."""

import gzip
import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from projects import actions
from projects.light.thresholds import in_force
from tests.projects.derived.test_timeline import FIRST_DAY, VERBS, Play, noon, stage, the_day_before  # noqa: F401 - two are fixtures

COLD, WARM = 16, 1


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def queries(client, address, **headers):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, headers=headers)
    return response, len(captured)


def test_the_anonymous_board_costs_a_few_queries_and_then_one(cast):
    client = cast.client("anonymous")
    in_force(clock.today())  # asked once a day
    assert queries(client, "/")[1] == COLD
    response, count = queries(client, "/")
    assert (response.status_code, count) == (200, WARM)


def test_an_unchanged_page_answers_304(cast):
    client = cast.client("anonymous")
    first = client.get("/compromisos/MC-250K/")
    again, count = queries(client, "/compromisos/MC-250K/", if_none_match=first["ETag"])
    assert (again.status_code, again.content, count) == (304, b"", WARM)
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "public, no-cache"


def test_any_verb_makes_a_new_page_at_once(cast):
    """No waiting for a time to pass: the next request after the commit has it."""
    client = cast.client("anonymous")
    before = client.get("/compromisos/MC-250K/")
    cast.task(title="Licitar los enlaces")
    after = client.get("/compromisos/MC-250K/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "Licitar los enlaces" in after.content.decode()
    assert after["ETag"] != before["ETag"]


def test_an_event_elsewhere_leaves_an_unchanged_page_304(cast):
    client = cast.client("anonymous")
    before = client.get("/principios/")
    cast.task()
    after, count = queries(client, "/principios/", if_none_match=before["ETag"])
    assert after.status_code == 304
    assert count > WARM, "it was rendered again to be sure"


def test_the_next_day_is_a_new_page(cast):
    """Lights change at midnight without any entry."""
    task = cast.task(due=clock.today() + timedelta(days=1), title="Entregar")
    client, address = cast.client("anonymous"), f"/tareas/{task.code}/"
    with clock.at(clock.now()):
        today = client.get(address)
    with clock.at(clock.now() + timedelta(days=2)):
        late, count = queries(client, address, if_none_match=today["ETag"])
    assert late.status_code == 200
    assert count > WARM
    assert b"edn-status--at_risk" in today.content
    assert b"edn-status--late" in late.content


def test_languages_are_kept_apart(cast):
    client = cast.client("anonymous")
    spanish, english = client.get("/como-funciona/"), client.get("/en/como-funciona/")
    assert spanish["ETag"] != english["ETag"]
    assert b'lang="en"' in english.content


@pytest.mark.parametrize("release", ["0.1.0", "9.9.9"])
def test_a_release_renders_anew(cast, settings, release):
    client = cast.client("anonymous")
    client.get("/principios/")
    settings.RELEASE = release
    assert (queries(client, "/principios/")[1] == WARM) is (release == "0.1.0")


def test_junk_in_the_address_does_not_fill_the_cache(cast):
    client = cast.client("anonymous")
    plain = client.get("/")
    for junk in ("?utm_source=x", "?fbclid=123", "?a=1&b=2", "?%00=%ff", "?page="):
        response, count = queries(client, f"/{junk}")
        assert (response.content, count) == (plain.content, WARM), junk


def test_the_order_of_filters_does_not_matter(cast):
    client = cast.client("anonymous")
    first = client.get("/compromisos/?light=late&binds=named&sector=")
    again, count = queries(client, "/compromisos/?binds=named&light=late&q=")
    assert (again.content, count) == (first.content, WARM)


def test_free_text_is_answered_but_not_kept(cast):
    client = cast.client("anonymous")
    _first, cold = queries(client, "/compromisos/?q=conectado")
    again, count = queries(client, "/compromisos/?q=conectado")
    assert count == cold
    assert client.get("/compromisos/?q=conectado", headers={"if-none-match": again["ETag"]}).status_code == 304


def test_bad_requests_are_not_kept(cast):
    client = cast.client("anonymous")
    for _time in range(2):
        response = client.get("/compromisos/?due=never")
        assert response.status_code == 400
        assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("person", ["focal point", "coordinator", "outsider"])
def test_who_is_signed_in_gets_a_page_of_their_own(cast, person):
    anonymous = cast.client("anonymous").get("/")
    response = cast.client(person).get("/", headers={"if-none-match": anonymous["ETag"]})
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert str(cast[person]).encode() in response.content
    assert str(cast[person]).encode() not in cast.client("anonymous").get("/").content


def test_anonymous_pages_set_no_cookie_and_hold_no_token(cast):
    response = cast.client("anonymous").get("/")
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content
    assert "Cookie" in response["Vary"]
    assert "Accept-Encoding" in response["Vary"]


def test_a_page_travels_compressed_to_whoever_understands_it(cast):
    client = cast.client("anonymous")
    plain = client.get("/")
    zipped = client.get("/", headers={"accept-encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) < len(plain.content) / 3


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [
        ("gzip", True),
        ("GZip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("gzip ; q=0.001", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("gzip;q=0, *", False),
        ("gzip;q=high", False),
        ("gzip;q=nan", False),
        ("*;q=0", False),
        ("identity", False),
        ("notgzip", False),
        (",;,", False),
        ("gzip;q*=x''0", False),
        (";" * 20_000, False),
        ("", False),
    ],
)
def test_a_page_travels_compressed_only_to_who_takes_it(cast, accepted, zipped):
    response = cast.client("anonymous").get("/", headers={"accept-encoding": accepted})
    assert response.get("Content-Encoding", "") == ("gzip" if zipped else "")
    assert (b"</html>" in response.content) is not zipped


def test_head_is_get_without_a_body(cast):
    client = cast.client("anonymous")
    assert client.head("/")["ETag"] == client.get("/")["ETag"]
    assert client.head("/").content == b""


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_take_no_other_method(cast, method):
    assert getattr(cast.client("anonymous"), method)("/").status_code == 405


def test_a_draft_changes_no_public_page(cast):
    task = cast.task()
    client = cast.client("anonymous")
    before = client.get(f"/tareas/{task.code}/")
    draft = cast.follow_up("draft", task, done="Texto en borrador")
    assert client.get(f"/tareas/{task.code}/", headers={"if-none-match": before["ETag"]}).status_code == 304
    actions.submit(draft, by=cast["focal point"], revision=draft.revision)
    after = client.get(f"/tareas/{task.code}/")
    claims = [len(re.findall(r"\b40\s%", page.text)) for page in (before, after)]
    assert (claims[0], claims[1] > 0) == (0, True)
    assert "Texto en borrador" not in after.content.decode()


def test_a_past_day_is_kept_too(cast):
    cast.task(title="Licitar")
    with clock.at(clock.now() + timedelta(days=1)):
        client, address = cast.client("anonymous"), f"/?on={clock.today() - timedelta(days=1)}"
        assert queries(client, address)[1] > WARM
        assert queries(client, address)[1] == WARM


@pytest.mark.parametrize(("address", "words"), [("/en/tareas/", "task"), ("/en/compromisos/", "commitment")])
def test_the_total_of_a_list_is_true_after_every_verb(address, words, cast):
    client = cast.client("outsider")  # whose pages nobody keeps

    def total():
        return client.get(address).context["found"].count

    before = total()
    task = cast.task(title="Licitar")
    cast.follow_up("accepted", task)
    assert total() == before + (words == "task")
    cast.another_commitment(agencies=[cast.sct])
    proposed = actions.propose_task(
        cast.commitment,
        by=cast["focal point"],
        agency=cast.sct,
        title="Proponer",
        due=clock.today() + timedelta(days=9),
    )
    assert total() == before + 1
    actions.confirm_task(proposed, by=cast["coordinator"])
    assert total() == before + 1 + (words == "task")
