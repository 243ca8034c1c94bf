"""Inverse acts on conversations and entries; partnership.staff.audit knows what one request changed."""
