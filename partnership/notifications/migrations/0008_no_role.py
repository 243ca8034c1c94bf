from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0007_alerts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('mention', 'you were mentioned'), ('assignment', 'a conversation was assigned to you'), ('handover', 'a conversation was handed over to you'), ('takeover', 'a colleague took over a conversation of yours'), ('promise_due', 'a promise is due'), ('tier', 'a tier changed'), ('focus', 'a customer in Focus was handed over to you'), ('mail_held', 'a scheduled mail of yours is held'), ('no_answer', 'no answer yet to a mail of yours'), ('not_sent', 'a mail of yours was not sent'), ('alert', 'an alert of yours was raised'), ('no_role', 'a colleague without a role has signed in')], max_length=12, verbose_name='kind'),
        ),
    ]
