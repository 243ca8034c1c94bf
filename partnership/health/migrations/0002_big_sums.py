"""Sums of money and minutes outgrow 2,147,483,647. All columns in one statement: the table is written anew once."""

import django.contrib.postgres.fields
from django.db import migrations, models

LISTS = {
    "minutes": "minutes entered",
    "messages": "messages without time",
    "asked": "times they asked for something",
    "worked": "times they did their part",
    "received": "times they put in something",
    "free": "minutes of free work",
    "mistakes": "mistakes of ours",
    "goals_reached": "goals reached",
    "goals_dropped": "goals dropped",
    "ours_kept": "promises of ours kept",
    "ours_late": "promises of ours kept late",
    "ours_missed": "promises of ours broken",
    "theirs_kept": "promises of theirs kept",
    "theirs_late": "promises of theirs kept late",
    "theirs_missed": "promises of theirs missed",
    "answered": "answers within the promise",
    "answered_late": "answers after the promise",
}
NUMBERS = {
    "free_for_nothing": "minutes of free work that led nowhere",
    "bought": "bought in all, in the firm's currency",
}


def retyped(name: str) -> str:
    types = {**dict.fromkeys(LISTS, f"{name}[]"), **dict.fromkeys(NUMBERS, name)}
    return f"ALTER TABLE health_tally {', '.join(f'ALTER {column} TYPE {kind}' for column, kind in types.items())}"


def altered(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField(model_name="tally", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            retyped("bigint"),
            retyped("integer"),
            state_operations=[
                *(
                    altered(
                        name,
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), default=list, size=8, verbose_name=label
                        ),
                    )
                    for name, label in LISTS.items()
                ),
                *(
                    altered(name, models.BigIntegerField(default=0, verbose_name=label))
                    for name, label in NUMBERS.items()
                ),
            ],
        ),
    ]
