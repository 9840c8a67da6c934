"""Django's migrate, as the owner, followed by the fences the apps declare."""

from django.core.management.commands.migrate import Command as Migrate
from django.db import transaction

from wsr.tenancy import catalog
from wsr.tenancy.drawing import changed_models_alone


class Command(Migrate):
    """Migrations run on the alias `owner`; then grants, policies and composite keys are made equal to the code."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        with changed_models_alone():
            super().handle(*args, **options)
        with transaction.atomic(using=options["database"]):
            for sentence in catalog.apply(options["database"]):
                if options["verbosity"] > 1:
                    self.stdout.write(sentence)
