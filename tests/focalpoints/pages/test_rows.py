"""Rows of lists: what all of them share is worked out once, for each language and for each list."""

from collections import Counter
from datetime import date

from django.contrib.humanize.templatetags import humanize
from django.utils.translation import override

from focalpoints.pages.rows import rendered_rows
from focalpoints.templatetags.edn import intcomma, once_large
from projects.light.rule import Light, Thresholds
from projects.models.list_rows import CommitmentRow, ProjectName
from projects.reading.day import Day
from projects.reading.figures import ObjectiveTally, Tally

TODAY = Day(date(2018, 10, 15), False, Thresholds(1, date(2018, 1, 1), 45, 25, 15, 60, 33))
LINK = ("projects/_proposal_link.jinja", [("MC-250K", "Conectar", "es", "all")])


def test_a_rows_words_are_those_of_the_page_whichever_language_was_asked_for_first():
    for language, words in (
        ("es-mx", "todas las dependencias"),
        ("en", "every agency"),
        ("es-mx", "todas las dependencias"),
    ):
        with override(language):
            html = rendered_rows(*LINK)
        assert words in html
        assert html.count("<li>") == 1


def test_a_list_keeps_its_own_facts():
    row = CommitmentRow(
        1,
        "C-1",
        "Uno",
        "es",
        "all",
        "",
        None,
        None,
        None,
        None,
        0,
        0,
        None,
        None,
        None,
        0,
        0,
        0,
        "",
        None,
        "on_time",
        "Proyecto",
        "es",
    )
    for day in ("", "?on=2018-10-15", ""):
        html = rendered_rows("projects/_commitment_row.jinja", [row], with_project=False, query=day, notes=())
        assert f'/compromisos/C-1/{day}"' in html


def test_what_a_row_says_is_escaped():
    row = [ProjectName("mexico-conectado", "México <Conectado>", "es")]
    assert "México &lt;Conectado&gt;" in rendered_rows("projects/_project_link.jinja", row)


def test_a_row_of_a_model_is_not_remembered():
    """Two rows of a model are equal whatever they say."""

    class Project:
        slug, language = "mexico-conectado", "es"

        def __init__(self, title):
            self.title = title

        def __eq__(self, other):
            return True

        def __hash__(self):
            return 1

    first, second = (rendered_rows("projects/_project_link.jinja", [Project(title)]) for title in ("Uno", "Dos"))
    assert ("Uno" in first, "Dos" in second) == (True, True)


def test_a_large_part_is_remembered_by_language_and_by_every_light():
    """Two sums of commitments may come to the same numbers at other lights."""
    for language, light, words in (
        ("es-mx", Light.LATE, "Vencido"),
        ("en", Light.LATE, "Overdue"),
        ("en", Light.ON_TIME, "On time"),
        ("es-mx", Light.LATE, "Vencido"),
    ):
        group = ObjectiveTally(None, "", "", Tally(total=1, lights=Counter({light: 1})))
        with override(language):
            html = once_large("projects/_objectives.jinja", objectives=(group,), day=TODAY)
        assert f'<th scope="row">{words}</th>' in html


def test_numbers_have_the_commas_of_django():
    for language in ("es-mx", "es", "en"):
        with override(language):
            for number in (0, 7, -12, 999, -999, 1000, -1000, 20_000, 1_234_567, "1234567", 1234.5):
                assert intcomma(number) == humanize.intcomma(number)
