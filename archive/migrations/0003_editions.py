"""A month whose files were lost is exported again as another edition; no row is ever altered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="archivedmonth", name="edition", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AlterField(
            model_name="archivedmonth",
            name="month",
            field=models.DateField(help_text="Its first day, in the business time zone."),
        ),
        migrations.AlterModelOptions(name="archivedmonth", options={"ordering": ["-month", "-edition"]}),
        migrations.AddConstraint(
            model_name="archivedmonth",
            constraint=models.UniqueConstraint(fields=["month", "edition"], name="archive_edition_once"),
        ),
    ]
