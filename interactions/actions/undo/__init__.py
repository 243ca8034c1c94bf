"""The inverse acts of what staff did to conversations and entries, told by the key of the change (partnership.staff.undo)."""
