"""Inverse acts on conversations and entries; partnership.staff.undo knows what one request changed."""
