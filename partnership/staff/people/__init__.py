"""Colleagues: who is invited, which role they have, who left. The rules of all of it are in `rules`."""
