"""Historical models during `migrate`: only what changed is drawn anew.

While migrations run, Django keeps a class for each model as it was. When one changes, Django draws anew every model that is related to
it, however far; and since all our models belong to a program, that is all of them, hundreds of times. It is enough to draw the changed
model and those that refer to it, however far: no other class holds the old one.
"""

import contextlib
from collections.abc import Iterator

from django.db.migrations.state import ProjectState

Key = tuple[str, str]


def referring(state: ProjectState, model: Key) -> set[Key]:
    """The model and all that refer to it by a foreign key or inherit from it, however far."""
    children: dict[Key, set[Key]] = {}
    for key, drawn in state.models.items():
        for base in drawn.bases:
            if isinstance(base, str):
                app_label, _, name = base.lower().partition(".")
                children.setdefault((app_label, name), set()).add(key)
    found, waiting = {model}, [model]
    while waiting:
        current = waiting.pop()
        new = {*state.relations.get(current, ()), *children.get(current, ())} - found
        found |= new
        waiting += new
    return found


@contextlib.contextmanager
def changed_models_alone() -> Iterator[None]:
    """Within it, migrations draw anew only a changed model and those that refer to it."""
    whole = ProjectState._find_reload_model

    def find(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[Key]:
        found = referring(self, (app_label, model_name))
        for key in found:  # classes that are replaced remember who referred to them: the step before asks
            with contextlib.suppress(LookupError):
                self.apps.get_model(*key)._meta.related_objects  # noqa: B018
        return found

    ProjectState._find_reload_model = find
    try:
        yield
    finally:
        ProjectState._find_reload_model = whole
