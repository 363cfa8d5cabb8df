"""Changes to a spec's text that keep its comments, its order and its quoting."""

from backend.specs.studio.editing.many import new_fields, remove_fields, set_fields
from backend.specs.studio.editing.operations import OPERATIONS, Edited, edit

__all__ = ["OPERATIONS", "Edited", "edit", "new_fields", "remove_fields", "set_fields"]
