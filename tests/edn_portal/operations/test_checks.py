"""`check --deploy` asks the database whether it keeps what it says; the roles in docs/operations.md put the ledger out of reach."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Tags, registry, run_checks
from django.db import OperationalError, ProgrammingError, connection, transaction

from edn_portal.operations.checks import not_durable, the_database_keeps_what_it_says
from focalpoints.ledger.verification import verify
from projects import actions

DOCUMENTED = Path(__file__).resolve().parents[3] / "docs/operations.md"
SERVING = "edn_serves_a_test"

pytestmark = pytest.mark.both


def ids() -> list[str]:
    return [message.id or "" for message in the_database_keeps_what_it_says()]


def test_it_is_asked_before_the_site_is_served_and_at_no_other_command() -> None:
    assert the_database_keeps_what_it_says in registry.registry.deployment_checks
    assert the_database_keeps_what_it_says not in registry.registry.registered_checks
    assert the_database_keeps_what_it_says.tags == (Tags.security,)  # type: ignore[attr-defined]


def test_a_database_that_does_not_answer_is_not_judged(monkeypatch: Any) -> None:
    def down() -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", down)
    assert ids() == []


SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "remote_apply"}


@pytest.mark.parametrize("name", SAFE)
def test_a_database_that_does_not_write_to_the_disk_is_refused(name: str) -> None:
    assert list(not_durable(SAFE)) == []
    [refused] = not_durable(SAFE | {name: "off"})
    assert (refused.id, refused.is_serious()) == ("edn_portal.E001", True)
    assert name in str(refused)


def test_the_tests_own_server_which_is_quick_and_unsafe_would_be_refused(db: None) -> None:
    assert ids().count("edn_portal.E001") == (3 if connection.vendor == "postgresql" else 0)
    messages = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert ("edn_portal.E001" in {message.id for message in messages}) is (connection.vendor == "postgresql")


def test_the_documented_role_serves_the_site_and_cannot_touch_the_ledger(cast: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    assert "edn_portal.I001" in ids(), "the tests' role owns everything"
    [block] = re.findall(r"```sql\n(CREATE ROLE edn_owner.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        block = re.sub(r"CREATE ROLE edn_owner.*\n", "", block)
        block = re.sub(r"\bedn\b", SERVING, block).replace("edn_owner", owner)
        assert block.count(SERVING) == 7
        cursor.execute(block)
        cursor.execute(f"SET LOCAL ROLE {SERVING}")
    assert "edn_portal.I001" not in ids()
    follow_up = cast.follow_up("accepted")
    assert cast.client("coordinator").get(f"/seguimientos/{follow_up.code}/").status_code == 200
    actions.make_feed(by=cast["focal point"], agency=cast.sct)
    assert verify([]).is_intact
    for forbidden in (
        "DROP TRIGGER {trigger} ON focalpoints_entry",
        "ALTER TABLE focalpoints_entry DISABLE TRIGGER ALL",
        "ALTER TABLE focalpoints_ledgerhead DISABLE TRIGGER ALL",
        "TRUNCATE focalpoints_entry",
        "DROP TABLE focalpoints_annex CASCADE",
        "UPDATE focalpoints_entry SET verb = 'x'",
        "DELETE FROM focalpoints_entry",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            run(forbidden)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE tgrelid = 'focalpoints_entry'::regclass AND NOT tgisinternal LIMIT 1"
        )
        trigger, function = cursor.fetchone()
        cursor.execute(sql.format(trigger=trigger, function=function))
