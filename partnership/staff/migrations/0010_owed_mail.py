from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0009_looks_and_mail_server'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('password_link', 'link to choose a password'), ('security_notice', 'notice of a changed sign-in')], max_length=15, verbose_name='kind')),
                ('arguments', models.JSONField(default=list)),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'owed mail',
                'verbose_name_plural': 'owed mails',
            },
        ),
    ]
