"""System checks of the first fence."""

from typing import Any

from django.apps import apps
from django.core.checks import Error, register

from wsr.tenancy.models import ProgramForeignKey, ProgramManager, ProgramModel


@register()
def program_models_are_fenced(app_configs: Any, **kwargs: object) -> list[Error]:
    """Every program-owned model uses the program manager, and its links to others are composite."""
    errors = []
    for model in apps.get_models():
        if not issubclass(model, ProgramModel):
            continue
        if model._meta.base_manager_name != "objects" or not isinstance(
            model._meta.base_manager, ProgramManager
        ):
            errors.append(
                Error(f"{model.__name__}.Meta must inherit ProgramModel.Meta.", obj=model, id="wsr.E001")
            )
        if not isinstance(model._meta.default_manager, ProgramManager):
            errors.append(
                Error(f"{model.__name__}.objects must be a ProgramManager.", obj=model, id="wsr.E002")
            )
        for field in model._meta.concrete_fields:
            if (
                field.is_relation
                and isinstance(field.related_model, type)
                and issubclass(field.related_model, ProgramModel)
                and not isinstance(field, ProgramForeignKey)
            ):
                errors.append(
                    Error(
                        f"{model.__name__}.{field.name} must be a ProgramForeignKey.",
                        obj=model,
                        id="wsr.E003",
                    )
                )
        if model._meta.local_many_to_many:
            errors.append(
                Error(
                    f"{model.__name__}: write the link table of a many-to-many yourself.",
                    obj=model,
                    id="wsr.E004",
                )
            )
    return errors
