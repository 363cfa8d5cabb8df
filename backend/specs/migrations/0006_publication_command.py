from django.db import migrations, models


def name_the_only_command(apps, schema_editor):
    apps.get_model("specs", "Publication").objects.filter(published_by=None).update(command="load_specs")


class Migration(migrations.Migration):
    dependencies = [
        ("specs", "0005_libraries"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="command",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.RunPython(name_the_only_command, migrations.RunPython.noop),
    ]
