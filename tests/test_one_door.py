"""No write outside the door: what the code says, read line by line. Verbs write; what else does stands here with its reason."""

import ast
from collections.abc import Iterator

from focalpoints.workflow import VERBS
from tests.test_architecture import APPS, sources

# Calls that write rows: Django's, and raw SQL.
WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create", "execute",
    "executemany", "executescript",
}  # fmt: skip
# Our own writers: whoever imports one of them writes.
OURS = {
    "focalpoints.sql.writing", "focalpoints.sql.bulk", "focalpoints.workflow.swap", "projects.workflow.move",
    "focalpoints.ledger.record.record", "focalpoints.ledger.record.record_all", "focalpoints.ledger.record.empty_annexes",
    "focalpoints.actions.entries",
}  # fmt: skip
# Outside `actions`: what each writes there, and why it may. By hand, on purpose: who writes somewhere new comes by here.
MACHINERY = {
    # How verbs write.
    "focalpoints/workflow.py": {"unchanged.update"},  # `swap`, the compare-and-swap of a correction
    "projects/workflow.py": {"focalpoints.sql.writing"},  # `move`, that of a step
    "focalpoints/sql/writing.py": {
        "cursor.execute",
        "model._default_manager.bulk_create",
        "model._default_manager.filter.delete",
        "model._default_manager.filter.update",
        "row.save",
    },
    "focalpoints/sql/prepared.py": {"cursor.execute"},  # reads
    "focalpoints/sql/plan.py": {"RawCursor.execute", "cursor.execute"},  # reads
    "focalpoints/sql/pipeline.py": {"RawCursor.execute"},
    "focalpoints/sql/bulk.py": {"cursor.executemany"},
    "focalpoints/sql/snapshot.py": {"cursor.execute"},
    "focalpoints/sql/staging.py": {
        "cursor.execute",
        "focalpoints.sql.bulk.BulkTable",
        "focalpoints.sql.bulk.RowValues",
    },
    # The ledger, and what is derived from it.
    "focalpoints/ledger/record.py": {
        "Annex.objects.filter.exclude.update",
        "focalpoints.sql.writing.change_all",
        "focalpoints.sql.writing.insert_all",
        "focalpoints.sql.writing.together",
    },
    "focalpoints/ledger/projections.py": {"focalpoints.sql.bulk.BulkTable"},
    "focalpoints/ledger/update.py": {
        "focalpoints.sql.writing.change_all",
        "focalpoints.sql.writing.insert_all",
        "table.model._default_manager.filter.delete",
    },
    "focalpoints/ledger/replay.py": {
        "ProjectionState.objects.update_or_create",
        "focalpoints.sql.bulk.RowValues",
        "model._default_manager.all.delete",
        "summary.model._default_manager.all.delete",
    },
    "projects/derived/day_figures.py": {"focalpoints.sql.writing.change_all", "focalpoints.sql.writing.insert"},
    "projects/models/day_figures.py": {"self.bulk_create"},
    "focalpoints/ledger/triggers.py": {"cursor.execute"},
    # What a search finds: documents of the rows that verbs write, as part of the verb.
    "projects/search/documents.py": {
        "SearchDocument.objects.exclude.delete",
        "SearchDocument.objects.filter.delete",
        "focalpoints.sql.bulk.BulkTable",
        "focalpoints.sql.writing.put_all",
        "focalpoints.sql.writing.remove",
    },
    "projects/models/search_document.py": {"cursor.execute"},
    "projects/search/engine.py": {"cursor.execute"},  # reads
    # What was sent to whom is no fact of the strategy.
    "projects/reminders/sending.py": {
        "DailyAnchor.objects.filter.delete",
        "DailyAnchor.objects.filter.update",
        "DailyAnchor.objects.get_or_create",
        "DailyMessage.objects.filter.update",
        "DailyMessage.objects.get_or_create",
        "DailyMessage.objects.on_its_way.filter.update",
        "MessageItem.objects.bulk_create",
        "failed.items.all.delete",
        "old.update",
        "unchanged.update",
    },
    # Nor are the files in which it is taken away; a verb only withdraws them.
    "projects/dumps/making.py": {
        "Dump.objects.filter.delete",
        "Dump.objects.filter.update",
        "DumpFolder.objects.create",
        "DumpFolder.objects.filter.delete",
        "DumpRedaction.objects.bulk_update",
        "dump.redactions.exclude.delete",
        "dump.save",
    },
    "projects/models/dump.py": {"DumpRedaction.objects.bulk_create", "self.with_files.filter.update"},
    # A picture, into memory.
    "projects/previews/drawing.py": {"Image.frombytes.save"},
    "focalpoints/mail.py": {"still.delete", "still.update", "unchanged.update"},
    # Accounts: sessions, passwords, counters, the language of a person's mails.
    "edn_portal/accounts/sessions.py": {"Session.objects.filter.delete"},
    "edn_portal/accounts/sign_in.py": {"user.save"},
    "edn_portal/accounts/throttle.py": {"_store.delete", "cursor.execute"},
    "edn_portal/operations/checks.py": {"cursor.execute"},  # reads
    "edn_portal/accounts/views.py": {"User.objects.filter.update"},
    # Commands of an operator or a developer, on a database of their own.
    "edn_portal/backups/backup.py": {"copy.execute", "cursor.execute"},
    "edn_portal/management/commands/sweep_evidence.py": {"default_storage.delete"},
    "edn_portal/demo/preparation.py": {"person.save"},
    "edn_portal/scale/__init__.py": {"cursor.execute"},
    "edn_portal/scale/bulk_rows.py": {
        "cursor.execute",
        "focalpoints.sql.bulk.BulkTable",
        "focalpoints.sql.bulk.RowValues",
    },
    "edn_portal/scale/foreign_keys.py": {"cursor.execute"},
    "edn_portal/scale/ledger.py": {"LedgerHead.objects.filter.update", "focalpoints.sql.bulk.RowValues"},
    "edn_portal/scale/network.py": {"User.objects.filter.update"},
    "edn_portal/bench/people.py": {"session.create", "session.delete"},
    "edn_portal/bench/cpu.py": {"cursor.execute"},
    "edn_portal/bench/raw_sql.py": {"cursor.execute"},
    "edn_portal/bench/report.py": {"cursor.execute"},
}
# Called like a write, and none: dictionaries, digests, the cache.
NO_WRITES = {"DOERS.update", "TABLES.update", ".widget.attrs.update", ".delete", "digest.update", "self._digest.update"}
# Verbs whose names are put together where they are called.
PUT_TOGETHER = {
    *(f"{noun}.{verb}" for noun in ("pillar", "principle", "objective", "enabler") for verb in ("define", "correct")),
    "task.pause", "task.resume", "commitment.pause", "commitment.resume", "follow-up.attach", "follow-up.remove",
    *(f"request.ask_{what}" for what in ("first_date", "correction", "scope", "assignment", "cancellation", "withdrawal")),
    "request.ask_finding",
    "request.ask_series_end",
}  # fmt: skip


def dotted(node: ast.expr) -> str:
    """`Task.objects.filter` of that expression, calls in between left out."""
    match node:
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case ast.Name(id=name):
            return name
        case ast.Call(func=function):
            return dotted(function)
    return ""


def writes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield dotted(node.func)
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if node.module in OURS or f"{node.module}.{alias.name}" in OURS:
                    yield f"{node.module}.{alias.name}"


def test_rows_are_written_by_verbs_and_by_what_is_listed():
    found = {
        name: set(writes(tree)) - NO_WRITES for app in APPS for name, tree in sources(app)
        if "/actions" not in name and "/migrations/" not in name
    }  # fmt: skip
    assert {name: calls for name, calls in found.items() if calls} == MACHINERY


def test_the_reading_sees_a_write():
    code = """
from projects.workflow import move
Task.objects.filter(pk=1).update(title="x")
task.save()
connection.cursor().execute("DELETE FROM projects_task")
"""
    assert set(writes(ast.parse(code))) == {
        "projects.workflow.move", "Task.objects.filter.update", "task.save", "connection.cursor.execute",
    }  # fmt: skip


def test_every_verb_of_the_tables_is_asked_for_by_its_function():
    """Whatever a person may do passes the guard under its row's name; what the portal does by itself passes none."""
    asked = set()
    for app in APPS:
        for name, tree in sources(app):
            for node in ast.walk(tree):
                if "/actions" in name and isinstance(node, ast.Call) and dotted(node.func) == "permitted":
                    asked |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    called = {verb.id for verb in VERBS.values() if verb.doer != "portal" and not verb.is_retired}
    assert asked | PUT_TOGETHER == called
    assert asked & PUT_TOGETHER == set()
