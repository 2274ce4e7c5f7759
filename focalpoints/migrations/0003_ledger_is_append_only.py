from django.db import migrations

from focalpoints import ledger_triggers


def begin(apps, schema_editor):
    """The head row that orders all writes, and the triggers that guard the ledger."""
    apps.get_model("focalpoints", "LedgerHead").objects.using(schema_editor.connection.alias).get_or_create(pk=1)
    ledger_triggers.install(schema_editor.connection)


def unguard(apps, schema_editor):
    ledger_triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("focalpoints", "0002_remove_agency_agency_acronym_is_unique_user_revision_and_more")]
    operations = [migrations.RunPython(begin, unguard)]
