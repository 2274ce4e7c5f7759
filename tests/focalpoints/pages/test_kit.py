"""The kit's promises: what was typed is never lost, what somebody else wrote is never overwritten, a refusal writes nothing."""

from functools import partial

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.utils.translation import override

from focalpoints.forms.agencies import AgencyClosingForm, AgencyCorrectionForm
from focalpoints.models import Agency
from focalpoints.pages.kit import VerbForm, carried_out, done, pressed, revision_in, too_late, typed
from focalpoints.pages.signed_in import administrator, allowed, person
from focalpoints.workflow import NotPossible, Stale, refuse
from tests.cast import EVERYBODY

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def sent(cast):
    """`sent(role, **data)` is a POST of that person's; without data, a GET."""

    def make(role="administrator", **data):
        request = RequestFactory().post("/", data) if data else RequestFactory().get("/")
        request.user, request.session = cast[role], {}
        request._messages = FallbackStorage(request)  # as the middleware does
        return request

    return make


def said(request):
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def refusing(refusal):
    def verb(*rows, by, **arguments):
        for row in rows:
            row.name = "Begun by a verb that then refuses"
        raise refusal

    return verb


def correction(agency, **changes):
    """What a browser sends when only `changes` were typed."""
    form = AgencyCorrectionForm(row=agency)
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()} | changes


def test_a_verb_gets_the_rows_who_acts_and_what_was_changed(cast, sent):
    request = sent(**correction(cast.sep, name="Otro nombre"))
    form = AgencyCorrectionForm(typed(request), row=cast.sep)
    assert carried_out(request, form, lambda row, by, **changes: (row.pk, by, changes), cast.sep)
    assert form.outcome == (cast.sep.pk, cast["administrator"], {"name": "Otro nombre", "revision": 0})
    assert form.status == 200


@pytest.mark.parametrize("data", [{}, {"name": ""}])
def test_no_verb_is_asked_for_a_form_that_was_not_sent_or_cannot_be_read(cast, sent, data):
    request = sent(**data)
    form = AgencyCorrectionForm(typed(request), row=cast.sep)
    assert not carried_out(request, form, refusing(AssertionError()), cast.sep)
    assert form.status == 200


def test_a_refusal_is_the_forms_error_and_leaves_the_row_as_it_was(cast, sent):
    request = sent(**correction(cast.sep, name="Otro nombre"))
    form = AgencyCorrectionForm(typed(request), row=cast.sep)
    assert not carried_out(request, form, refusing(NotPossible("Not today.")), cast.sep)
    assert (form.non_field_errors(), form.status, form.is_stale, form.differences) == (["Not today."], 409, False, ())
    assert (cast.sep.name, form["name"].value()) == ("Secretaría SEP", "Otro nombre")


def test_after_a_lost_race_both_texts_stand_side_by_side_and_the_next_press_counts(cast, sent):
    Agency.objects.filter(pk=cast.sep.pk).update(name="De otra persona", is_ministry=False, revision=7)
    request = sent(**correction(cast.sep, name="Mío"))
    form = AgencyCorrectionForm(typed(request), row=cast.sep)
    assert not carried_out(request, form, refusing(Stale()), cast.sep)
    assert form.differences == [
        {"label": "Official name", "before": "De otra persona", "after": "Mío"},
        {"label": "One of the 18 ministries", "before": "No", "after": "Yes"},
    ]
    assert (form["name"].value(), form["revision"].value(), cast.sep.revision) == ("Mío", "7", 7)


def test_a_form_without_comparison_takes_the_new_revision_too(cast, sent):
    Agency.objects.filter(pk=cast.sep.pk).update(revision=7)
    request = sent(reason="Decreto.", on="2018-10-15", revision="0")
    form = AgencyClosingForm(typed(request), row=cast.sep)
    assert not carried_out(request, form, refusing(Stale()), cast.sep)
    assert (form.is_stale, form["revision"].value(), form["reason"].value()) == (True, "7", "Decreto.")


def test_what_was_not_changed_is_no_correction(cast, sent):
    form = AgencyCorrectionForm(typed(sent(**correction(cast.sep))), row=cast.sep)
    assert form.non_field_errors() == ["Nothing was changed: what you sent is what is already there."]


def test_a_page_that_comes_too_late_says_why_and_a_post_hears_it_from_its_verb(sent):
    request, ended = sent(), partial(refuse, "Too late.")
    assert too_late(request, partial(refuse, ""), "/back/") is None
    answer = too_late(request, ended, "/back/")
    assert (answer.status_code, answer["Location"], said(request)) == (302, "/back/", [("warning", "Too late.")])
    assert too_late(sent(a="b"), ended, "/back/") is None


def test_a_button_says_how_it_went(cast, sent):
    request = sent(a="b")
    assert pressed(request, lambda row, by: None, cast.sep, said="It happened.")
    assert not pressed(request, refusing(NotPossible("It did not.")), cast.sep, said="It happened.")
    assert said(request) == [("success", "It happened."), ("error", "It did not.")]


def test_what_is_done_is_said_on_the_next_page(sent):
    request = sent(a="b")
    assert done(request, "Done.", "/next/")["Location"] == "/next/"
    assert said(request) == [("success", "Done.")]


def test_forgiving_takes_back_one_kind_of_error_only(cast):
    form = AgencyClosingForm(QueryDict("revision=x&on=nunca"), row=cast.sep)
    assert VerbForm.forgive(form, {"required"}) == ["reason"]
    assert set(form.errors) == {"on", "revision"}


@pytest.mark.parametrize(("text", "revision"), [("3", 3), ("", -1), ("x", -1), ("9" * 5000, -1)])
def test_a_revision_that_is_no_number_is_none_that_was_given_out(text, revision):
    assert revision_in({"revision": text}) == revision


def adopts_thresholds(request):
    return allowed(request, "request.ask_thresholds")


WHO = {  # by hand, on purpose
    person: dict.fromkeys(EVERYBODY) | {"anonymous": PermissionDenied},
    adopts_thresholds: dict.fromkeys(EVERYBODY, PermissionDenied) | {"coordinator": None},
    administrator: dict.fromkeys(EVERYBODY, Http404) | {"administrator": None},
}


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("asked", WHO, ids=lambda asked: asked.__name__)
def test_who_is_signed_in(cast, sent, asked, role):
    refusal = WHO[asked][role]
    if refusal is None:
        assert asked(sent(role)) == cast[role]
    else:
        with pytest.raises(refusal):
            asked(sent(role))
