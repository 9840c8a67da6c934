"""What is done with lists beside showing them. Acts on several rows, files and schedules have modules of their own beside this one."""

from wsr.ui.operations.saved_views import NameTaken, NoSuchList, delete_view, rename_view, save_view

__all__ = ["NameTaken", "NoSuchList", "delete_view", "rename_view", "save_view"]
