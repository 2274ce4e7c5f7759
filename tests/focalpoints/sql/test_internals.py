"""What `focalpoints/sql` relies on in Django and psycopg: a check for each row of the table in docs/sql.md, named where it fails."""

import inspect
import re
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.core.exceptions import FieldFetchBlocked
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.sql import InsertQuery

from focalpoints.models import User
from focalpoints.sql.compiled import compiled
from tests.edn_portal.operations.test_settings import run
from tests.test_architecture import ROOT

pytestmark = pytest.mark.django_db
IS_POSTGRESQL = connection.vendor == "postgresql"


def people() -> QuerySet[User]:
    return User.objects.filter(name="Ana", pk=2_000_000_001).order_by("pk")


def compiler(rows=None):
    """One that has written its SQL."""
    written = (people() if rows is None else rows).query.get_compiler(connection=connection)
    written.as_sql()
    return written


def parameters(function) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def as_sql():
    sql, params = people().query.get_compiler("default").as_sql()
    assert sql.count("%s") == 2
    assert sorted(params, key=str) == [2_000_000_001, "Ana"]
    assert type(params) is tuple


def select():
    written = compiler(people().values_list("pk", "name"))
    assert [column.target.attname for column, *_ in written.select[: written.col_count]] == ["id", "name"]


def get_converters():
    written = compiler(User.objects.values_list("last_login", "name"))
    found = written.get_converters([column for column, *_ in written.select])
    assert isinstance(found, dict)
    assert set(found) == (set() if IS_POSTGRESQL else {0})
    for steps, expression in found.values():
        assert all(map(callable, steps))
        assert expression.target.attname == "last_login"


def apply_converters():
    doubled = {1: ([lambda value, expression, given: value * 2], F("pk"))}
    assert [list(row) for row in compiler().apply_converters([("a", 1)], doubled)] == [["a", 2]]


def execute_sql():
    """What models and dicts are made of comes from it, in chunks of rows."""
    assert parameters(compiler().execute_sql) == ["result_type", "chunked_fetch", "chunk_size"]
    for rows in (User.objects.only("name"), User.objects.values("pk", "name")):
        written = compiler(rows)
        written.execute_sql = lambda *args, **kwargs: [[(7, "Ana")]]
        rows.query.get_compiler = lambda *args, written=written, **kwargs: written
        [found] = rows._iterable_class(rows)
        assert (found["name"] if isinstance(found, dict) else found.name) == "Ana"


def compiler_dict():
    assert {"connection", "query", "select", "klass_info", "annotation_col_map", "col_count"} <= vars(compiler()).keys()


def get_compiler():
    assert parameters(people().query.get_compiler)[:2] == ["using", "connection"]
    asked = []
    rows = people()
    rows.query.get_compiler = lambda *args, **kwargs: asked.append((args, kwargs)) or compiler()
    list(rows)
    assert asked, "the rows were made without it"


def queryset_dict():
    held = vars(people())
    assert {"_query", "_result_cache", "_iterable_class", "_db", "_prefetch_related_lookups"} <= held.keys()
    assert held["_result_cache"] is None


def iterable_class():
    from django.db.models import query

    rows = User.objects.all()
    assert [one._iterable_class for one in (rows, rows.values("pk"), rows.values_list("pk"), rows.values_list("pk", flat=True))] == [
        query.ModelIterable, query.ValuesIterable, query.ValuesListIterable, query.FlatValuesListIterable,
    ]  # fmt: skip


def adapt_datefield_value():
    day, instant = date(2018, 10, 15), datetime(2018, 10, 15, 9, tzinfo=UTC)
    adapted = connection.ops.adapt_datefield_value(day), connection.ops.adapt_datetimefield_value(instant)
    rows = User.objects.filter(last_login=instant, appointments__since=day)
    assert set(adapted) == set(rows.query.get_compiler("default").as_sql()[1])


def prepare_cursor():
    with connection._prepare_cursor(connection.connection.cursor()) as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


def execute_wrappers():
    assert connection.execute_wrappers == []
    assert connection.queries_logged is False
    with connection.execute_wrapper(lambda execute, *args: execute(*args)):
        assert len(connection.execute_wrappers) == 1


def close_if_health_check_failed():
    assert connection.close_if_health_check_failed() is None
    assert connection.ensure_connection() is None


def mogrify():
    from django.db.backends.postgresql.psycopg_any import mogrify

    assert parameters(mogrify) == ["sql", "params", "connection"]
    if IS_POSTGRESQL:
        assert mogrify("%s", ["it's"], connection) == "'it''s'"


def raw_cursor():
    assert issubclass(psycopg.RawCursor, psycopg.Cursor)
    if IS_POSTGRESQL:
        with connection._prepare_cursor(psycopg.RawCursor(connection.connection)) as cursor:
            cursor.execute("SELECT $2::int, $1::text, '%s'", ["a", 1])
            assert cursor.fetchall() == [(1, "a", "%s")]
        assert hasattr(connection.connection, "prepare_threshold")


def wrap_database_errors():
    with pytest.raises(IntegrityError), connection.wrap_database_errors:
        raise connection.Database.IntegrityError


def pipeline():
    if not IS_POSTGRESQL:
        assert hasattr(psycopg.Connection, "pipeline")
        return
    raw = connection.connection
    with raw.pipeline():
        cursors = [psycopg.RawCursor(raw).execute("SELECT $1::int", [number]) for number in range(3)]
    assert [cursor.fetchone() for cursor in cursors] == [(0,), (1,), (2,)]
    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic(), raw.pipeline():
        [psycopg.RawCursor(raw).execute("SELECT 1 / $1::int", [number]) for number in (0, 1)]


def int8():
    [seen] = User.objects.filter(notices_seen=2_000_000_001).query.get_compiler("default").as_sql()[1]
    assert type(seen) is (psycopg.types.numeric.Int8 if IS_POSTGRESQL else int)
    assert (seen, hash(seen)) == (2_000_000_001, hash(2_000_000_001))


def from_db():
    person = User.from_db(None, ["id", "notices_seen"], [7, 8], fetch_mode=models.FETCH_RAISE)
    assert (person.pk, person.notices_seen) == (7, 8)
    with pytest.raises(FieldFetchBlocked):
        person.email  # noqa: B018 - to read it is the point


def concrete_fields():
    assert [field.column for field in User._meta.concrete_fields][:2] == ["id", "password"]
    assert User._meta.auto_field is User._meta.pk


def insert_values():
    query = InsertQuery(User)
    people = [User(email=f"{name}@example.org", name=name) for name in ("Ana", "Eva")]
    query.insert_values([User._meta.get_field("email"), User._meta.get_field("name")], people)
    [(sql, params)] = query.get_compiler("default").as_sql()
    emails, names = [person.email for person in people], [person.name for person in people]
    if IS_POSTGRESQL:
        assert (sql.count("%s"), list(params)) == (2, [emails, names])
    else:
        assert (sql.count("%s"), list(params)) == (4, [emails[0], names[0], emails[1], names[1]])


def pre_save():
    field = User._meta.get_field("email")
    assert field.pre_save(User(email="a@example.org"), True) == "a@example.org"
    assert field.get_db_prep_save("a@example.org", connection) == "a@example.org"


def mark_for_rollback_on_error():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.mark_for_rollback_on_error("default"):
            1 / 0  # noqa: B018
        assert connection.needs_rollback
        connection.needs_rollback = False


def model_state():
    person = User(email="a@example.org", name="Ana")
    assert (person._state.adding, person._state.db) == (True, None)
    person.save()
    assert (person._state.adding, person._state.db) == (False, "default")


def compile_expression():
    rows = User.objects.annotate(loud=Upper("name"))
    sql, params = compiler(rows).compile(rows.query.annotations["loud"])
    assert re.fullmatch(r'UPPER\("focalpoints_user"\."name"\)', sql), sql
    assert list(params) == []


def get_initial_alias():
    rows = User.objects.annotate(loud=Upper("name"))
    assert rows.query.get_initial_alias() == "focalpoints_user"
    assert list(rows.query.alias_map) == ["focalpoints_user"]
    assert len(User.objects.annotate(kind=F("roles__kind")).query.alias_map) == 2


def relabeled_clone():
    """Within a subquery of its own table an expression names the table as that subquery does."""
    loud = compiled(User.objects.annotate(loud=Upper("name")), "loud")
    assert loud.identity == loud.copy().identity
    inner = User.objects.annotate(loud=loud).filter(loud="ANA").values("pk")
    sql, _params = User.objects.annotate(own=Value(1)).filter(pk__in=inner).query.sql_with_params()
    assert re.search(r'UPPER\("?U0"?\."name"\)', sql), sql
    assert list(User.objects.filter(Q(pk__in=inner))) == []


CHECKS = {
    "SQLCompiler.as_sql": as_sql,
    "SQLCompiler.select": select,
    "SQLCompiler.get_converters": get_converters,
    "SQLCompiler.apply_converters": apply_converters,
    "SQLCompiler.execute_sql": execute_sql,
    "SQLCompiler.__dict__": compiler_dict,
    "Query.get_compiler": get_compiler,
    "QuerySet.__dict__": queryset_dict,
    "QuerySet._iterable_class": iterable_class,
    "DatabaseOperations.adapt_datefield_value": adapt_datefield_value,
    "BaseDatabaseWrapper._prepare_cursor": prepare_cursor,
    "BaseDatabaseWrapper.wrap_database_errors": wrap_database_errors,
    "BaseDatabaseWrapper.execute_wrappers": execute_wrappers,
    "BaseDatabaseWrapper.close_if_health_check_failed": close_if_health_check_failed,
    "psycopg_any.mogrify": mogrify,
    "psycopg.RawCursor": raw_cursor,
    "psycopg.Connection.pipeline": pipeline,
    "psycopg.types.numeric.Int8": int8,
    "Model.from_db": from_db,
    "Options.concrete_fields": concrete_fields,
    "InsertQuery.insert_values": insert_values,
    "Field.pre_save": pre_save,
    "transaction.mark_for_rollback_on_error": mark_for_rollback_on_error,
    "Model._state": model_state,
    "SQLCompiler.compile": compile_expression,
    "Query.get_initial_alias": get_initial_alias,
    "Expression.relabeled_clone": relabeled_clone,
}


@pytest.mark.parametrize("internal", CHECKS)
def test_an_internal_is_as_the_room_of_sql_relies_on(internal):
    try:
        CHECKS[internal]()
    except Exception as error:
        pytest.fail(f"{internal} is no longer as focalpoints/sql relies on: see its row in docs/sql.md. {error!r}")


def test_the_page_lists_each_internal():
    page = (ROOT / "docs/sql.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+(?:\.\w+)+)` \|", page, re.MULTILINE) == list(CHECKS)


def test_what_changed_is_named(monkeypatch):
    """The control."""
    monkeypatch.delattr("django.db.models.sql.compiler.SQLCompiler.apply_converters")
    with pytest.raises(pytest.fail.Exception, match=r"SQLCompiler\.apply_converters is no longer .* docs/sql\.md"):
        test_an_internal_is_as_the_room_of_sql_relies_on("SQLCompiler.apply_converters")


WITHOUT = """
import sys
sys.modules["focalpoints.sql.plan"] = None  # whoever imports it fails
import django
django.setup()
from edn_portal import urls
"""


def test_switched_off_none_of_it_is_even_imported():
    """An upgrade that takes one away would otherwise stop the site before the switch could help."""
    assert run({"EDN_PLAIN_SQL": "1", "DJANGO_SETTINGS_MODULE": "edn_portal.settings"}, "-c", WITHOUT).returncode == 0
    needed = run({"EDN_PLAIN_SQL": "0", "DJANGO_SETTINGS_MODULE": "edn_portal.settings"}, "-c", WITHOUT)
    assert "focalpoints.sql.plan" in needed.stderr
