"""What people paste and choose as evidence is understood, or what to do is said at the field."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import actions
from projects.forms.evidence import EvidenceFilesField, LinkField
from projects.models import Evidence
from tests.projects.actions.test_evidence import PDF, attached

ADDRESS = "https://www.gob.mx/sct/plan.pdf"
PASTED = {
    f"  {ADDRESS}\n": ADDRESS,
    f"\u00a0{ADDRESS}\u200b": ADDRESS,
    f"\ufeff<{ADDRESS}>": ADDRESS,
    f"“{ADDRESS}”": ADDRESS,
    f"'{ADDRESS}' ": ADDRESS,
    "https://www.gob.mx/sct/plan anual  2018.pdf": "https://www.gob.mx/sct/plan%20anual%20%202018.pdf",
    "https://www.gob.mx/sct/plan\u00a0anual.pdf": "https://www.gob.mx/sct/plan%20anual.pdf",
    "https://www.gob.mx/sct/\r\nplan.pdf": ADDRESS,
    "https://www.gob.mx/sct/\tplan.pdf": ADDRESS,
    "www.gob.mx/plan anual.pdf": "https://www.gob.mx/plan%20anual.pdf",
    "https://www.gob.mx/buscar?q=plan anual": "https://www.gob.mx/buscar?q=plan%20anual",
    "https://www.gob.mx/a?de=https://www.gob.mx/b": "https://www.gob.mx/a?de=https://www.gob.mx/b",
    "https://www.gob.mx/educación/año.pdf": "https://www.gob.mx/educación/año.pdf",
}


@pytest.mark.parametrize("pasted", PASTED)
def test_an_address_is_taken_out_of_what_stands_around_it(pasted):
    assert LinkField().clean(pasted) == PASTED[pasted]


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        (f"Véase {ADDRESS}", "several"),
        (f"{ADDRESS} {ADDRESS}", "several"),
        (f"{ADDRESS}\u00a0www.gob.mx/otro", "several"),
        ("https://www.gob .mx/plan.pdf", "invalid"),
        ("el plan anual", "invalid"),
        ("  ", "required"),
        ("<>", "required"),
        ("https://www.gob.mx/\u202eplan.pdf", "disguised"),
        ("https://www.gob.mx/pl\u200ban.pdf", "disguised"),
    ],
)
def test_what_is_no_single_address_is_explained(pasted, code):
    with pytest.raises(forms.ValidationError) as refused:
        LinkField().clean(pasted)
    assert [error.code for error in refused.value.error_list] == [code]


def test_the_page_knows_the_limits_before_anything_is_sent(settings):
    """What static/src/js/file_size.js says; the server refuses the same (tests/edn_portal/operations/test_uploads.py)."""
    attributes = EvidenceFilesField().widget.attrs
    assert int(attributes["data-max-bytes"]) == settings.UPLOAD_FILE_LIMIT == 25 * 1024**2
    assert int(attributes["data-max-together"]) < settings.UPLOAD_REQUEST_LIMIT
    assert "%s" in str(attributes["data-too-large"])
    assert "25 MB" in str(attributes["data-too-large"])
    assert f"{attributes['data-max-together'] // 1024**2} MB" in str(attributes["data-too-much"])


def test_the_limit_stands_beside_each_field_of_files(cast):
    task = cast.task()
    for page in ("seguimiento", "reprogramar"):
        text = cast.client("focal point").get(f"/en/tareas/{task.code}/{page}/").text
        assert "up to 25 MB" in text
        assert 'data-max-bytes="26214400"' in text


def send(client, follow_up, **sent):
    words = {"progress": "40", "done": "Se conectaron más sitios.", "revision": follow_up.revision, "attach": ""}
    return client.post(f"/en/tareas/{follow_up.task.code}/seguimiento/", words | sent)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_same_file_under_another_name_is_said_to_be_there(cast):
    follow_up = attached(cast, name="acta.pdf").follow_up
    follow_up.refresh_from_db()
    response = send(cast.client("focal point"), follow_up, file=SimpleUploadedFile("Acta final (2).pdf", PDF))
    assert response.status_code == 302
    assert said(response) == ["This file was there already, under the name “acta.pdf”. It was not added again."]
    follow_up.refresh_from_db()
    again = send(cast.client("focal point"), follow_up, file=SimpleUploadedFile("acta.pdf", PDF))
    assert said(again) == said(response), "under the same name"
    assert Evidence.objects.get().title == "acta.pdf"


@pytest.mark.parametrize(("second", "is_said"), [(PDF, True), (PDF + b"\n", False)])
def test_the_same_file_twice_in_a_request_is_said_to_be_kept_once(cast, second, is_said):
    task, client = cast.task(), cast.client("focal point")
    address = f"/en/tareas/{task.code}/reprogramar/"
    form_key = client.get(address).context["form"]["form_key"].value()
    files = [SimpleUploadedFile("acta.pdf", PDF), SimpleUploadedFile("copia.pdf", second)]
    words = {
        "to_due": "2030-01-31",
        "category": "procurement",
        "reason": "Se declaró desierta.",
        "form_key": str(form_key),
    }
    response = client.post(address, words | {"file": files})
    assert response.status_code == 302
    assert ("The same file was chosen under several names. It is kept once." in said(response)) is is_said
    assert Evidence.objects.count() == (1 if is_said else 2)


def test_the_same_link_under_another_name_is_said_to_be_there(cast):
    follow_up = cast.follow_up()
    actions.attach_link(follow_up, by=cast["focal point"], url=ADDRESS, title="Plan")
    follow_up.refresh_from_db()
    response = send(cast.client("focal point"), follow_up, link=f" {ADDRESS} ", link_title="Programa")
    assert said(response) == ["This link was there already, as “Plan”. It was not added again."]
    follow_up.refresh_from_db()
    again = send(cast.client("focal point"), follow_up, link=ADDRESS)
    assert said(again) == said(response), "without a name"
    assert Evidence.objects.get().title == "Plan"


def test_adding_nothing_is_an_error_at_the_field_and_saves_the_text(cast):
    follow_up = cast.follow_up()
    response = send(cast.client("focal point"), follow_up)
    assert response.context["form"].errors == {"file": ["Choose a file, or enter a link."]}
    assert said(response) == []
    follow_up.refresh_from_db()
    assert follow_up.done == "Se conectaron más sitios."
    wrong = send(cast.client("focal point"), follow_up, link="javascript:alert(1)")
    assert list(wrong.context["form"].errors) == ["link"]
