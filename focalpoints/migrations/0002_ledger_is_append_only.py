from django.db import migrations

from focalpoints.ledger import triggers


def begin(apps, schema_editor):
    """The head row that orders all writes, and the triggers that guard the ledger."""
    apps.get_model("focalpoints", "LedgerHead").objects.using(schema_editor.connection.alias).get_or_create(pk=1)
    triggers.install(schema_editor.connection)


def unguard(apps, schema_editor):
    triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("focalpoints", "0001_initial")]
    operations = [migrations.RunPython(begin, unguard)]
