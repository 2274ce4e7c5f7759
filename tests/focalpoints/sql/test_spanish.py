"""Names stand in the order of Spanish: on both databases the same, in every list."""

import ast
import csv
import re

import pytest
from django.db import connection
from django.urls import reverse

from focalpoints.forms.agencies import AgencyForm
from focalpoints.models import Agency, User
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import alphabetical
from projects.models import Project
from tests.cast import make_agency
from tests.test_architecture import APPS, ROOT, sources

# As a Mexican directory has them.
IN_ORDER = [
    "“Agenda” y cía.", "ana", "Ana", "Ana Zúñiga", "Anabel", "Áurea", "Ávila", "e-México", "Economía", "eLAC", "Élite", "Llano", "Lluvia",
    "Nube", "Núñez", "Nuzco", "Ñandú", "Ñoño", "Óscar", "Pedro", "Ventanilla", "Zoila", "Zúñiga",
]  # fmt: skip


def test_lists_of_people_agencies_and_projects_stand_in_spanish_order(db):
    for number, name in enumerate(reversed(IN_ORDER)):
        User(name=name, email=f"p{number}@example.org").save()
        Agency(key=f"A{number}", name=name, kind="dependencia", is_ministry=True).save()
        Project(slug=f"p-{number}", title=name, kind="policy").save()
    assert [person.name for person in User.objects.all()] == IN_ORDER
    assert [agency.name for agency in Agency.objects.all()] == IN_ORDER
    assert [project.title for project in Project.objects.all()] == IN_ORDER
    assert [agency.name for agency in Agency.objects.order_by(InSpanish("name").desc())] == IN_ORDER[::-1]
    offered = AgencyForm().fields["parent"].queryset
    assert [agency.name for agency in offered] == IN_ORDER


def printed():
    """Every name, acronym and title of the reference data."""
    for path in ("focalpoints/data/agencies.csv", "projects/data/projects.csv", "projects/data/commitments.csv"):
        with (ROOT / path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (row[column][:120] for column in ("name", "acronym", "title") if row.get(column))


def test_both_databases_and_python_sort_alike(db):
    """PostgreSQL by ICU, which is the measure; SQLite and lists that are sorted here by `text.alphabetical`."""
    names = sorted(
        {
            *printed(),
            *IN_ORDER,
            "IVA 16 %",
            "IVA, ISR",
            "IVA: ISR",
            "IVA/ISR",
            "IVA (ISR)",
            "IVA-ISR",
            "IVA.ISR",
            "IVAISR",
            "IVA",
        }
    )
    User.objects.bulk_create(
        User(name=name, email=f"p{number}@example.org", email_key=str(number)) for number, name in enumerate(names)
    )
    assert len(names) > 500
    assert [person.name for person in User.objects.all()] == sorted(
        {person.name for person in User.objects.all()}, key=alphabetical
    )


def test_a_row_without_an_agency_is_sorted_too(db):
    make_agency("9", "SCT", is_ministry=True)
    make_agency("9-A00", "IMT", parent=Agency.objects.get(key="9"))
    assert [agency.key for agency in Agency.objects.order_by(InSpanish("parent__name").asc(nulls_last=True))] == [
        "9-A00",
        "9",
    ]


def test_pages_stand_in_that_order(cast):
    for number, name in enumerate(["Zoila", "Óscar", "Oxana", "Ñico", "Nadia"]):
        person = User(name=name, email=f"p{number}@example.org")
        person.search = person.search_text()
        person.save()
    page = cast.client("administrator").get(reverse("focalpoints:person_list")).content.decode()
    places = [page.index(f">{name}<") for name in ("Nadia", "Ñico", "Óscar", "Oxana", "Zoila")]
    assert places == sorted(places)
    for number, name in enumerate(["Ventanilla", "eLAC", "Ética", "Zeta"]):
        make_agency(f"X-{number}", name)
    page = cast.client("anonymous").get(reverse("projects:agency_list")).content.decode()
    places = [page.index(f"Secretaría {name}") for name in ("eLAC", "Ética", "Ventanilla", "Zeta")]
    assert places == sorted(places)


def test_nothing_in_the_database_of_sqlite_needs_the_function(db):
    """So that a backup is checked, emptied of free pages and restored by any program."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its collation itself")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%alphabetical%' OR sql LIKE '%COLLATE%'")
        assert cursor.fetchone() == (0,)


# The code, read


NAMES = re.compile(r"-?(\w+__)*(name|title|acronym|title_es|title_en)")
# Lists that are made to measure, and not shown.
NOT_SHOWN = ("edn_portal/bench/", "edn_portal/scale/", "edn_portal/demo/")


def plain_orders(tree):
    """Names sorted by code point: columns in `order_by`, `ordering` and `ORDERS`, and lists in Python."""
    for node in ast.walk(tree):
        listed = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("order_by"):
            listed = node.args
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ordering":
            listed = getattr(node.value, "elts", [])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and "ORDERS" in ast.unparse(node).split("=")[0]:
            listed = [part for part in getattr(node.value, "values", []) if part]
        elif isinstance(node, ast.Call) and re.search(r"(^sorted|\.sort)$", ast.unparse(node.func)):
            listed = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
            yield from (
                ast.unparse(key) for key in listed
                if re.search(r"\.(name|title|acronym|short_name|titles)\b", ast.unparse(key))
                and not re.search(r"alphabetical\(|most_late_first\(", ast.unparse(key))
            )  # fmt: skip
            continue
        for column in listed:
            for part in ast.walk(column):
                inside = any(
                    isinstance(parent, ast.Call) and ast.unparse(parent.func) == "InSpanish" and part in parent.args
                    for parent in ast.walk(column)
                )
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and NAMES.fullmatch(part.value)
                    and not inside
                ):
                    yield ast.unparse(column)


@pytest.mark.once
def test_no_list_sorts_names_by_code_point():
    found = {
        (name, order)
        for app in APPS
        for name, tree in sources(app)
        if not name.startswith(NOT_SHOWN) and "/migrations/" not in name
        for order in plain_orders(tree)
    }
    assert found == set()


@pytest.mark.once
@pytest.mark.parametrize(
    "code",
    [
        "rows.order_by('name')", "rows.order_by('-since', 'agency__name')", "ordering = ['title']",
        "ORDERS = {'name': F('project__title')}",
        "sorted(rows, key=lambda row: row.name)", "rows.sort(key=lambda row: (row.count, row.agency.short_name))",
    ],
)  # fmt: skip
def test_the_reader_sees_one(code):
    assert len([*plain_orders(ast.parse(code))]) == 1
