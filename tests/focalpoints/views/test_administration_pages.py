"""The administrators' pages: who sees them, what they say when something is wrong, what they cost."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import translation

from focalpoints import actions, clock
from focalpoints.mail import wait_until_sent
from focalpoints.models import Agency, Appointment, Entry, User
from focalpoints.urls import urlpatterns
from tests.cast import EVERYBODY, appoint, has_signed_in, hold, make_agency, make_user

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once

TODAY = {"day": "15", "month": "10", "year": "2018"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def page(cast):
    """`page("agency_list")` is the administrator's answer to a GET, `page.post(...)` to a POST; arguments as in `url`."""

    class Page:
        client = cast.client("administrator")

        def __call__(self, page_name, /, *args, query=None):
            return self.client.get(url(page_name, *args, query=query))

        def post(self, page_name, /, *args, query=None, **data):
            return self.client.post(url(page_name, *args, query=query), data)

    return Page()


def url(name, *args, query=None):
    return reverse(f"focalpoints:{name}", args=args, query=query)


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


def errors_of(response):
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


# ---- Who sees what

GET_PAGES = {
    "administration", "agency_list", "agency_create", "agency_detail", "agency_correct", "agency_close", "person_list",
    "person_invite", "person_detail", "person_correct", "person_deactivate", "person_reset_second_factor",
    "appointment_list", "appointment_create",
    "appointment_end", "role_give", "role_withdraw", "role_revoke", "office_text_list", "office_text_publish",
    "export_list",
}  # fmt: skip
OF_ONE = {"person_history_export", "agency_history_export"}
EXPORTS = {"person_export", "appointment_export", "who_acted_export", *OF_ONE}
POST_ONLY = {"person_invite_again", "person_reactivate", *EXPORTS}


def addresses(cast):
    """Every address of the administration, with a row that it could act on."""
    somebody, agency = has_signed_in(make_user("somebody", "coordinator")), make_agency("77", "XYZ")
    Authenticator.objects.create(user=somebody, type=Authenticator.Type.TOTP, data={})
    hold(somebody, "administrator", state="proposed", given_by=cast["administrator"], in_force_at=None)
    of_role = {"role_withdraw": f"{somebody.code}-administrator", "role_revoke": f"{somebody.code}-coordinator"}
    appointment = cast.sct.appointments.get(kind="titular", until=None)
    by_noun = {
        "agency": [agency.key], "person": [somebody.code], "appointment": [appointment.code], "office": ["contact"],
    }  # fmt: skip
    collections = {"list", "create", "invite", "text_list"}
    found = {}
    for name in sorted(GET_PAGES | POST_ONLY):
        noun, _, verb = name.partition("_")
        args = [] if verb in collections or name == "administration" else by_noun.get(noun, by_noun["person"])
        if name in EXPORTS:
            args = [*(args if name in OF_ONE else ()), "csv"]
        found[name] = url(name, *([of_role[name]] if name in of_role else args))
    return found


def test_every_address_of_the_administration_is_walked(cast):
    routes = {route.name for route in urlpatterns if str(route.pattern).startswith("administracion/")}
    assert routes == GET_PAGES | POST_ONLY
    assert len(addresses(cast)) == 28


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_administrators_learn_that_these_pages_exist(cast, role, method):
    client = cast.client(role)
    answers = {}
    for name, address in addresses(cast).items():
        response = getattr(client, method)(address)
        answers[name] = response.status_code
        b"".join(response)  # a file is closed once it is read
    if role == "anonymous":
        # To the sign-in page; a POST gets it as its answer, with what was typed.
        assert set(answers.values()) == {302 if method == "get" else 401}
    elif role != "administrator":
        # What does not answer to the method says so before anybody is looked at.
        wrong = (
            POST_ONLY
            if method == "get"
            else {"administration"} | {n for n in GET_PAGES if n.endswith(("_list", "_detail"))}
        )
        assert answers == {name: 405 if name in wrong else 404 for name in answers}
    elif method == "get":
        assert answers == dict.fromkeys(GET_PAGES, 200) | dict.fromkeys(POST_ONLY, 405)


def test_nothing_is_written_by_looking(cast):
    before = Entry.objects.count()
    client = cast.client("administrator")
    for address in addresses(cast).values():
        client.get(address)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_answer_in_both_languages(cast, prefix):
    client = cast.client("administrator")
    with translation.override("en" if prefix else "es-mx"):
        assert url("administration") == f"{prefix}/administracion/"
        response = client.get(url("administration"))
    assert ("Empty seats" in response.text) is bool(prefix)


def test_a_revoked_administrator_is_out_at_the_next_request(cast):
    make_user("second", "administrator")
    client = cast.client("administrator")
    assert client.get(url("administration")).status_code == 200
    role = cast["administrator"].roles.get()
    actions.revoke_role(role, by=User.objects.get(email="second@example.org"), reason="Se va.")
    assert client.get(url("administration")).status_code == 404


def test_a_deactivated_administrator_is_signed_out_at_the_next_request(cast):
    second = make_user("second", "administrator")
    client = cast.client("administrator")
    assert client.get(url("administration")).status_code == 200
    actions.deactivate(cast["administrator"], by=second, reason="Se fue.")
    assert client.get(url("administration")).status_code == 302


def test_an_ended_appointment_takes_the_work_away_at_the_next_request(cast, page):
    client = cast.client("focal point")
    titular = cast.sct.appointments.get(kind="titular")

    def sections():
        return [item.url for item in client.get(reverse("focalpoints:verify")).context["nav"]]

    assert reverse("projects:my_work") in sections()
    yesterday = clock.today() - timedelta(1)
    response = page.post("appointment_end", titular.code, **day("on", yesterday), reason="Cambio de puesto.")
    assert response.status_code == 302
    assert reverse("projects:my_work") not in sections()


# ---- The story


def test_an_administrator_adds_an_agency_invites_a_person_and_appoints_her(
    cast, page, django_capture_on_commit_callbacks, mailoutbox
):
    response = page.post(
        "agency_create", key="77", name="Instituto Nuevo", kind="entidad", acronym="IN",
        time_zone="America/Tijuana",
    )  # fmt: skip
    assert errors_of(response) == ["Select a valid choice. entidad is not one of the available choices."]
    facts = {"kind": "entidad paraestatal", "acronym": "IN", "time_zone": "America/Tijuana", "parent": "9"}
    response = page.post("agency_create", key="77", name="Instituto Nuevo", **facts)
    assert response.url == url("agency_detail", "77")
    agency = Agency.objects.get(key="77")
    assert (agency.parent, agency.time_zone) == (cast.sct, "America/Tijuana")
    detail = page("agency_detail", "77")
    assert "Nobody is an active focal point of this agency." in detail.text

    with django_capture_on_commit_callbacks(execute=True):
        response = page.post(
            "person_invite", query={"agency": "77"}, name="Ana Pérez", email="Ana@example.org", language="es-mx"
        )
    wait_until_sent()
    person = User.objects.get(email="ana@example.org")
    assert response.url == url("appointment_create", query={"agency": "77", "person": person.code})
    assert [message.to for message in mailoutbox] == [["ana@example.org"]]

    form = page.client.get(response.url)
    assert "Instituto Nuevo" in form.text
    response = page.client.post(response.url, {"kind": "titular", **day("since", clock.today()), "letter": "IN-1-2018"})
    assert response.url == url("agency_detail", "77")
    detail = page("agency_detail", "77")
    assert "Ana Pérez" in detail.text
    assert "Nobody is an active focal point" not in detail.text
    assert [entry.verb for entry in Entry.objects.order_by("seq")][-3:] == ["create", "invite", "appoint"]


@pytest.mark.both
def test_agency_and_person_are_found_by_words(cast, page):
    assert "Which agency?" in page("appointment_create").text
    response = page("appointment_create", query={"q": "SECRETARIA sép".replace("é", "e")})
    assert url("agency_detail", "11") not in response.text
    assert "?agency=11" in response.text
    response = page("appointment_create", query={"agency": "11", "q": "outsider@"})
    assert f"?agency=11&amp;person={cast['outsider'].code}" in response.text
    response = page("appointment_create", query={"person": cast["outsider"].code, "q": "SEP"})
    assert f"?agency=11&amp;person={cast['outsider'].code}" in response.text
    assert "Nothing was found" in page("appointment_create", query={"q": "nada"}).text


@pytest.mark.both
def test_a_search_says_when_it_leaves_some_out(cast, page):
    for number in range(21):
        make_agency(f"70-{number}", f"A{number}")
    assert "Only the first 20 are shown" in page("appointment_create", query={"q": "secretaria a"}).text


@pytest.mark.both
@pytest.mark.parametrize(
    "query", [{"agency": "none"}, {"agency": "9\x00"}, {"agency": "9", "person": "P-NOBODY"}, {"person": "%"}]
)
def test_a_step_that_names_nobody_is_no_page(page, query):
    assert page("appointment_create", query=query).status_code == 404


def test_nobody_is_offered_who_cannot_be_appointed(cast, page):
    actions.ensure_system()
    User.objects.filter(name="Outsider").update(is_active=False)
    for words in ("sistema", "outsider"):
        assert "Nothing was found" in page("appointment_create", query={"agency": "9", "q": words}).text
    gone = {"agency": "9", "person": cast.people["outsider"].code}
    assert page("appointment_create", query=gone).status_code == 404


# ---- Forms: refused, stale, hostile


def correction(agency, **changes):
    facts = {"name": agency.name, "acronym": agency.acronym, "kind": agency.kind, "time_zone": agency.time_zone}
    if agency.is_ministry:
        facts["is_ministry"] = "on"
    return {**facts, "revision": agency.revision, **changes}


def test_a_correction_is_saved(cast, page):
    assert page("agency_correct", "11").context["form"]["revision"].value() == 0
    response = page.post("agency_correct", "11", **correction(cast.sep, name="Secretaría de Educación"))
    assert response.url == url("agency_detail", "11")
    assert Agency.objects.get(key="11").name == "Secretaría de Educación"


def test_a_lost_race_shows_both_texts_and_takes_the_next_press(cast, page):
    actions.correct_agency(cast.sep, by=cast["administrator"], revision=0, name="Nombre de otra persona")
    cast.sep.revision = 0
    response = page.post("agency_correct", "11", **correction(cast.sep, name="Mi nombre"))
    assert response.status_code == 409
    assert response.context["differences"] == [
        {"label": "Official name", "before": "Nombre de otra persona", "after": "Mi nombre"}
    ]
    assert "Nombre de otra persona" in response.text
    form = response.context["form"]
    assert (form["name"].value(), form["revision"].value()) == ("Mi nombre", "1")
    response = page.post("agency_correct", "11", **correction(cast.sep, name="Mi nombre", revision=1))
    assert response.status_code == 302
    assert Agency.objects.get(key="11").name == "Mi nombre"


def test_a_person_corrected_by_two_is_not_overwritten(cast, page):
    person = cast["outsider"]
    actions.correct_person(cast["outsider"], by=cast["administrator"], revision=0, position="Directora")
    data = {"name": person.name, "email": person.email, "language": "en", "position": "Asesora", "revision": 0}
    response = page.post("person_correct", person.code, **data)
    assert response.status_code == 409
    assert [row["label"] for row in response.context["differences"]] == ["Position", "Language of messages"]
    assert cast["outsider"].position == "Directora"


@pytest.mark.both
@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40])
def test_a_revision_that_never_was_overwrites_nothing(cast, page, revision):
    response = page.post("agency_correct", "11", **correction(cast.sep, name="Otro", revision=revision))
    assert response.status_code in {200, 409}
    assert Agency.objects.get(key="11").revision == 0


@pytest.mark.both
@pytest.mark.parametrize("revision", ["3", "9" * 40])
def test_a_closing_that_lost_the_race_asks_again(page, revision):
    agency = make_agency("77", "XYZ")
    response = page.post("agency_close", "77", **day("on", clock.today()), reason="Decreto.", revision=revision)
    assert response.status_code == 409
    assert response.context["form"]["revision"].value() == "0"
    response = page.post("agency_close", "77", **day("on", clock.today()), reason="Decreto.", revision=0)
    assert response.status_code == 302
    agency.refresh_from_db()
    assert agency.is_closed


def test_what_keeps_an_agency_open_is_listed_and_its_form_not_offered(cast, page):
    cast.task()
    detail = page("agency_detail", "9")
    assert detail.context["moves"] == ["correct"]
    for left in ("2 appointments have not ended", "1 task is open"):
        assert left in detail.text
    assert page("agency_close", "9").url == url("agency_detail", "9")
    response = page.post("agency_close", "9", **day("on", clock.today()), reason="Decreto.", revision=0)
    assert response.status_code == 200
    assert "1 task is open" in errors_of(response)[0]


def test_a_closed_agency_takes_no_form(page):
    make_agency("77", "XYZ", closed_on=clock.today())
    assert page("agency_correct", "77").url == url("agency_detail", "77")
    detail = page("agency_detail", "77")
    assert detail.context["moves"] == []
    assert url("appointment_create") + "?agency=77" not in detail.text
    assert page("appointment_create", query={"agency": "77"}).status_code == 404


REFUSED = [
    ("agency_create", {"key": "77", "name": "x" * 201, "kind": "dependencia"}, "at most 200 characters"),
    ("agency_create", {"key": "77", "name": "con\x00nulo", "kind": "dependencia"}, "Null characters are not allowed"),
    ("agency_create", {"key": "77", "name": "con\nlínea", "kind": "dependencia"}, "on one line"),
    ("agency_create", {"key": "77", "name": "Otra", "acronym": "A\u2067B", "kind": "dependencia"}, "(U+2067)"),
    (
        "agency_create",
        {"key": "9", "name": "Otra", "kind": "dependencia"},
        "key of SCT – Secretaría SCT (key 9)",
    ),
    (
        "agency_create",
        {"key": "77", "name": "Otra", "kind": "dependencia", "acronym": "SCT"},
        "key of SCT – Secretaría SCT (key 9)",
    ),
    (
        "agency_create",
        {"key": "a b", "name": "Otra", "kind": "dependencia"},
        "letters without accents, digits and hyphens only",
    ),
    ("agency_create", {"key": "77", "name": "Otra", "kind": "dependencia", "parent": "nope"}, "Select a valid choice"),
    ("agency_create", {"key": "77", "name": "Otra", "kind": "dependencia", "head_email": "no"}, "valid email"),
    (
        "agency_create",
        {"key": "77", "name": "Otra", "kind": "dependencia", "time_zone": "Mars"},
        "Select a valid choice",
    ),
    (
        "agency_create",
        {"key": "77", "name": "Otra", "kind": "dependencia", "parent": "9", "is_ministry": "on"},
        "heads its sector",
    ),
    ("agency_create", {}, "This field is required"),
    (
        "person_invite",
        {"name": "Ana", "email": "OUTSIDER@example.org", "language": "en"},
        "Outsider has an account with this address",
    ),
    ("person_invite", {"name": "Ana", "email": "ana\x00@example.org", "language": "en"}, "valid email"),
    (
        "person_invite",
        {"name": "Ana", "email": "sсt@demo.example", "language": "en"},
        "“с” before the @ is of another alphabet",
    ),
    ("person_invite", {"name": "Ana", "email": "josé@demo.example", "language": "en"}, "“é” cannot stand before the @"),
    (
        "person_invite",
        {"name": "Ana", "email": "sct@xn--demo-x.example", "language": "en"},
        "is no domain that can exist",
    ),
    ("person_invite", {"name": "A\x00", "email": "ana@example.org", "language": "en"}, "Null characters"),
    ("person_invite", {"name": "A\u202ena", "email": "ana@example.org", "language": "en"}, "(U+202E)"),
    ("person_invite", {"name": "Ana", "email": "a" * 250 + "@example.org", "language": "en"}, "at most"),
    ("person_invite", {"name": "Ana", "email": "ana@example.org", "language": "fr"}, "Select a valid choice"),
    ("person_invite", {}, "This field is required"),
]


@pytest.mark.both
@pytest.mark.parametrize(("name", "data", "message"), REFUSED)
def test_what_a_form_refuses_it_explains_and_keeps(cast, page, name, data, message):
    before = Entry.objects.count(), Agency.objects.count(), User.objects.count()
    data = {"time_zone": "America/Mexico_City", **data} if name == "agency_create" else data
    response = page.post(name, **data)
    assert response.status_code == 200
    assert message in " ".join(errors_of(response))
    assert 'class="govuk-error-summary"' in response.text
    assert (Entry.objects.count(), Agency.objects.count(), User.objects.count()) == before
    for field, value in data.items():
        assert response.context["form"][field].value() in {value, True}


@pytest.mark.both
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "This field is required"),
        (
            {"kind": "titular", "since_day": "31", "since_month": "2", "since_year": "2018"},
            "There is no day 31 in February 2018: it has 28 days.",
        ),
        ({"kind": "titular", "since_day": "1", "since_month": "1", "since_year": "9999"}, "Check the year"),
        ({"kind": "titular", "since_day": "1", "since_month": "1", "since_year": "1918"}, "Check the year"),
        ({"kind": "owner", "since_day": "1", "since_month": "1", "since_year": "2018"}, "Select a valid choice"),
        ({"kind": "titular", "since_day": "1", "since_month": "1", "since_year": "2018"}, "is the titular"),
        (
            {"kind": "alternate", "since_day": "1", "since_month": "1", "since_year": "2018", "letter": "x\x00"},
            "Null characters",
        ),
    ],
)
def test_what_an_appointment_form_refuses_it_explains(cast, page, data, message):
    query = {"agency": "9", "person": cast["outsider"].code}
    response = page.post("appointment_create", query=query, **data)
    assert response.status_code == 200
    assert message in " ".join(errors_of(response))
    assert cast.sct.appointments.count() == 2


@pytest.mark.parametrize(("key", "kind"), [("9", "alternate"), ("CEDN", "titular")])
def test_the_form_proposes_the_kind_that_is_missing(cast, page, key, kind):
    query = {"agency": key, "person": cast["outsider"].code}
    assert page("appointment_create", query=query).context["form"]["kind"].value() == kind


def test_a_last_day_before_yesterday_is_refused_and_a_second_press_is_told(cast, page):
    titular = cast.sct.appointments.get(kind="titular")
    response = page.post("appointment_end", titular.code, **day("on", clock.today() - timedelta(2)))
    assert "yesterday at the earliest" in errors_of(response)[0]
    assert page.post("appointment_end", titular.code, **day("on", clock.today() - timedelta(1))).status_code == 302
    response = page.post("appointment_end", titular.code, **day("on", clock.today()))
    assert errors_of(response) == ["This appointment has already ended."]
    assert page("appointment_end", titular.code).url == url("agency_detail", "9")


def test_the_last_day_that_a_letter_names_is_the_last_with_power_and_the_one_that_pages_show(cast, page):
    letter_says = clock.today() + timedelta(20)
    query = {"agency": "9", "person": cast["outsider"].code}
    data = {"kind": "alternate", **day("since", clock.today()), **day("until", letter_says)}
    assert page.post("appointment_create", query=query, **data).status_code == 302
    appointment = cast.sct.appointments.get(user=cast["outsider"])
    powers = [Appointment.objects.active(letter_says + timedelta(days)).filter(pk=appointment.pk) for days in (0, 1)]
    assert [power.exists() for power in powers] == [True, False]
    pages = page("appointment_list"), page("appointment_end", appointment.code), page("administration")
    for shown in (*pages, cast.client("outsider").get(reverse("account"))):
        assert f"{letter_says:%d/%m/%Y}" in shown.text


def test_a_deactivation_asks_for_its_reason_and_lists_what_ends(cast, page):
    person = cast["focal point"]
    assert "Titular focal point · SCT" in page("person_deactivate", person.code).text
    assert errors_of(page.post("person_deactivate", person.code)) == ["This field is required."]
    assert page.post("person_deactivate", person.code, reason="Se fue.").status_code == 302
    assert not cast["focal point"].is_active
    assert page("person_detail", person.code).context["moves"] == ["reactivate"]
    response = page.post("person_reactivate", person.code)
    assert "active again" in messages_of(response)[0]
    assert page("person_detail", person.code).context["state"] == "new"


def test_nobody_is_offered_their_own_deactivation(cast, page):
    me = cast["administrator"]
    assert page("person_detail", me.code).context["moves"] == ["correct", "set_rhythm", "set_shortcuts"]
    assert page("person_deactivate", me.code).status_code == 403
    assert page.post("person_deactivate", me.code, reason="Me voy.").status_code == 403


def test_the_system_account_has_no_page(cast, page):
    system = actions.ensure_system()
    assert page("person_detail", system.code).status_code == 404
    assert page.post("person_invite_again", system.code).status_code == 404
    assert system.email not in page("person_list").text


MARKUP = "<script>alert(1)</script>"


def test_markup_is_shown_as_text_everywhere(cast, page):
    by = cast["administrator"]
    agency = actions.create_agency(
        by=by, key="77", name=MARKUP, kind="dependencia", note=MARKUP, head_name=MARKUP, acronym="<b>"
    )
    person = actions.invite(by=by, name=MARKUP, email="ana@example.org", position=MARKUP)
    appointment = actions.appoint(by=by, user=person, agency=agency, kind="titular", since=clock.today(), letter=MARKUP)
    pages = [
        page("administration"), page("agency_list"), page("agency_detail", "77"), page("agency_correct", "77"),
        page("person_list"), page("person_detail", person.code), page("person_correct", person.code),
        page("person_deactivate", person.code), page("appointment_list"), page("appointment_end", appointment.code),
        page("appointment_create", query={"q": "script"}), page("agency_list", query={"q": MARKUP}),
        page("appointment_create", query={"agency": "77", "q": "script"}),
        page("appointment_create", query={"agency": "77", "person": person.code}),
    ]  # fmt: skip
    assert [response.status_code for response in pages] == [200] * len(pages)
    assert not [response for response in pages if MARKUP in response.text or "<b>" in response.text]
    assert [response for response in pages if "&lt;script&gt;" not in response.text] == []


# ---- Lists: filters, pages, cost


def listed(response):
    return [str(row) for row in response.context["page"]]


@pytest.mark.both
def test_agencies_are_filtered(cast, page):
    by = cast["administrator"]
    actions.create_agency(
        by=by, key="9-A", name="Agencia Espacial Ñandú", kind="órgano desconcentrado", acronym="AEN", parent=cast.sct
    )
    make_agency("77", "XYZ", closed_on=clock.today())
    everybody = ["AEN", "CEDN", "SCT", "SEP"]
    cases = {
        (): everybody,
        (("q", "espacial NANDU"),): ["AEN"],
        (("q", "9-a"),): ["AEN"],
        (("q", "nada"),): [],
        (("sector", "9"),): ["AEN", "SCT"],
        (("kind", "unidad coordinadora"),): ["CEDN"],
        (("focal_point", "with"),): ["SCT", "SEP"],
        (("focal_point", "without"),): ["AEN", "CEDN"],
        (("focal_point", "empty-seat"),): [],
        (("state", "closed"),): ["XYZ"],
        (("state", "any"),): [*everybody, "XYZ"],
        (("sector", "9"), ("focal_point", "without")): ["AEN"],
    }
    found = {query: sorted(listed(page("agency_list", query=query))) for query in cases}
    assert found == cases


@pytest.mark.both
def test_an_empty_seat_is_an_alarm(cast, page):
    cast.task()
    for appointment in cast.sct.appointments.all():
        actions.end_appointment(appointment, by=cast["administrator"], on=clock.today())
    overview = page("administration")
    assert [str(agency) for agency in overview.context["empty_seats"]] == ["SCT"]
    assert "1 agency has open tasks and nobody who answers for them." in overview.text
    assert listed(page("agency_list", query={"focal_point": "empty-seat"})) == ["SCT"]
    actions.appoint(
        by=cast["administrator"], user=cast["outsider"], agency=cast.sct, kind="alternate", since=clock.today()
    )
    assert page("administration").context["empty_seat_count"] == 0


@pytest.mark.both
def test_the_overview_shows_what_ends_and_who_has_not_come(cast, page):
    by, today = cast["administrator"], clock.today()
    for days, number in ((29, 1), (30, 2), (1, 3)):
        agency = make_agency(f"70-{number}", f"A{number}")
        actions.appoint(
            by=by, user=cast["outsider"], agency=agency, kind="titular", since=today, until=today + timedelta(days)
        )
    User.objects.update(last_login=clock.now())  # everybody else has come
    person = actions.invite(by=by, name="Ana", email="ana@example.org")
    actions.invite(by=actions.ensure_system(), name="Beto", email="beto@example.org")
    overview = page("administration").context
    assert [str(row.agency) for row in overview["ending"]] == ["A3", "A1", "A2"]
    assert [*overview["waiting"]] == [person]


@pytest.mark.both
def test_people_are_filtered(cast, page):
    actions.correct_person(cast["outsider"], by=cast["administrator"], revision=0, position="Dirección de Área")
    actions.invite(by=cast["administrator"], name="Ána", email="ana@example.org")
    actions.deactivate(cast["alternate"], by=cast["administrator"], reason="Se fue.")
    User.objects.filter(name__in=["Focal point", "Other agency"]).update(invited_at=None)
    User.objects.filter(name__in=["Coordinator", "Second coordinator", "Outsider"]).update(last_login=clock.now())
    cases = {
        (("q", "direccion AREA"),): ["Outsider"],
        (("q", "ANA"),): ["Ána"],
        (("power", "focal-point"),): ["Focal point", "Other agency"],
        (("power", "administrator"),): ["Administrator"],
        (("power", "coordinator"),): ["Coordinator", "Second coordinator"],
        (("power", "none"),): ["Alternate", "Outsider", "Ána"],
        (("state", "inactive"),): ["Alternate"],
        (("state", "waiting"),): ["Ána"],
        (("state", "uninvited"),): ["Focal point", "Other agency"],
    }
    found = {query: sorted(listed(page("person_list", query=query))) for query in cases}
    assert found == cases
    assert len(listed(page("person_list"))) == 8


@pytest.mark.both
def test_appointments_are_filtered(cast, page):
    by, today = cast["administrator"], clock.today()
    actions.end_appointment(cast.sct.appointments.get(kind="titular"), by=by, on=today)
    actions.end_appointment(cast.sep.appointments.get(), by=by, on=today + timedelta(5))
    actions.appoint(by=by, user=cast["outsider"], agency=cast.cedn, kind="titular", since=today + timedelta(9))
    actions.correct_person(cast["outsider"], by=by, revision=0, position="Árbitro")
    cases = {
        (): ["Alternate · SCT", "Other agency · SEP", "Outsider · CEDN"],
        (("q", "arbitro cedn"),): ["Outsider · CEDN"],
        (("kind", "alternate"),): ["Alternate · SCT"],
        (("state", "ending"),): ["Other agency · SEP"],
        (("state", "coming"),): ["Outsider · CEDN"],
        (("state", "ended"),): ["Focal point · SCT"],
    }
    found = {query: sorted(listed(page("appointment_list", query=query))) for query in cases}
    assert found == cases


@pytest.mark.both
@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("agency_list", {"q": "nul\x00"}),
        ("agency_list", {"q": "x" * 101}),
        ("agency_list", {"kind": "club"}),
        ("agency_list", {"sector": "nope"}),
        ("agency_list", {"sector": "9\x00"}),
        ("agency_list", {"focal_point": "maybe"}),
        ("agency_list", {"state": "1 OR 1=1"}),
        ("person_list", {"q": "nul\x00"}),
        ("person_list", {"power": "system"}),
        ("appointment_list", {"q": "nul\x00"}),
        ("appointment_list", {"state": "maybe"}),
    ],
)
def test_a_wrong_filter_is_said_and_lists_nothing(cast, page, name, query):
    response = page(name, query=query)
    assert response.status_code == 200
    assert 'class="govuk-error-summary"' in response.text
    assert listed(response) == []


@pytest.mark.both
@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999999999999", "\x00", ""])
def test_a_page_that_is_none_is_the_nearest(page, number):
    assert len(listed(page("agency_list", query={"page": number}))) == 3


@pytest.mark.both
def test_fifty_rows_are_a_page(cast, page):
    for number in range(60):
        make_agency(f"70-{number}", f"A{number}")
    assert len(listed(page("agency_list"))) == 50
    assert len(listed(page("agency_list", query={"page": "2", "q": "secretaria"}))) == 13


# Session, person, roles and appointments are four; a list has its count, its page and what hangs from the rows.
COSTS = {"administration": 20, "agency_list": 7, "person_list": 7, "appointment_list": 5}


@pytest.mark.both
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name", COSTS)
def test_a_list_costs_the_same_at_1_and_at_30_rows(cast, django_assert_num_queries, name, rows):
    Appointment.objects.all().delete()
    head = make_agency("70", "HEAD")
    until = clock.today() + timedelta(10)
    everybody = cast.another_commitment(binds="all")
    for number in range(rows):
        person = make_user(f"person {number}", "coordinator")
        User.objects.filter(pk=person.pk).update(invited_at=clock.now())
        agency = make_agency(f"70-{number}", f"A{number}", parent=head)
        Appointment.objects.create(user=person, agency=agency, kind="titular", since=clock.today(), until=until)
        cast.task(agency=make_agency(f"80-{number}", f"B{number}", parent=head), commitment=everybody)
    appoint(cast["outsider"], head)
    client = cast.client("administrator")
    client.get(url(name))  # a new session is written once
    with django_assert_num_queries(COSTS[name]):
        assert client.get(url(name)).status_code == 200


def test_no_page_but_a_form_that_needs_it_holds_a_select_of_agencies(cast, page):
    for number in range(60):
        make_agency(f"70-{number}", f"A{number}", parent=cast.sct)
    for name in (
        "administration",
        "agency_list",
        "person_list",
        "appointment_list",
        "appointment_create",
        "person_invite",
    ):
        assert page(name).text.count("<option") < 30


# ---- Lost sessions


def test_text_typed_into_an_expired_session_comes_back(cast, page):
    """The sign-in carries it; here is only that the form takes it back."""
    from focalpoints.pages import typed_text

    request = page.post("agency_create", name="Instituto que se perdió").wsgi_request
    request.POST = request.POST.copy()
    request.POST[typed_text.TYPED_BY] = typed_text.typed_by_mark(cast["administrator"])
    session = page.client.session
    session[typed_text.CARRIED] = typed_text.pack(request)
    session.save()
    assert page("agency_create").context["form"]["name"].value() == "Instituto que se perdió"


def test_an_agencys_time_zone_is_called_by_its_city(cast, page):
    Agency.objects.filter(key="9").update(time_zone="America/Cancun")
    assert '<dd class="govuk-summary-list__value">Cancún</dd>' in page("agency_detail", "9").text


@pytest.mark.parametrize(
    ("facts", "state", "label", "button"),
    [
        ({"invited_at": None}, "uninvited", "Not invited by mail yet", "Send the invitation"),
        ({"invited_at": clock.now()}, "waiting", "Invited, has not signed in", "Send the invitation again"),
        (
            {"invited_at": None, "is_fictional": True},
            "made_up", "Not invited by mail yet", "Send the invitation",
        ),
    ],
)  # fmt: skip
def test_label_button_filter_and_overview_say_the_same_of_who_was_invited(cast, page, facts, state, label, button):
    person = cast["outsider"]
    User.objects.filter(pk=person.pk).update(**facts)
    detail = page("person_detail", person.code).text
    assert label in detail
    assert f">{button}</button>" in detail
    found = {
        state
        for state in ("uninvited", "waiting", "made_up")
        if "Outsider" in listed(page("person_list", query=[("state", state)]))
    }
    assert found == {state}
    assert (person in page("administration").context["waiting"]) is (state == "waiting")


@pytest.mark.parametrize("demo", [True, False])
def test_whoever_is_invited_in_a_demonstration_is_marked_as_made_up(cast, page, settings, demo):
    settings.DEMO = demo
    page.post("person_invite", name="Ana Pérez", email="ana@example.org", language="es-mx")
    person = User.objects.get(email="ana@example.org")
    assert person.is_fictional is demo
    assert ("edn-fictional" in page("person_detail", person.code).text) is demo


def test_what_is_made_up_is_said_once_where_all_of_a_page_is(cast, page):
    for name in ("person_list", "appointment_list"):
        User.objects.update(is_fictional=True)
        said = page(name).text
        assert ("all on this page are fictional" in said, said.count('class="edn-fictional"')) == (True, 0)
        User.objects.filter(pk=cast["other agency"].pk).update(is_fictional=False)
        said = page(name).text
        assert "all on this page are fictional" not in said
        assert said.count('class="edn-fictional"') == len(page(name).context["page"]) - 1


def test_an_appointments_days_stand_in_one_column(cast, page):
    text = page("agency_detail", cast.sct.key).text
    assert "Ends on" not in text
    since = cast.sct.appointments.first().since
    assert f'from <time datetime="{since.isoformat()}">' in text


def test_a_language_chosen_meanwhile_is_not_set_back_unseen(cast, page):
    person = cast["outsider"]
    form = page("person_correct", person.code).context["form"]
    sent = {field.name: field.value() for field in form} | {"position": "Directora"}
    cast.client("outsider").post("/cuenta/idioma/", {"language": "en"})
    assert User.objects.get(pk=person.pk).language == "en"
    assert page.post("person_correct", person.code, **sent).status_code == 409
    assert User.objects.get(pk=person.pk).language == "en"
