"""The demo: a business school's history as interchange records, made up and always the same for the same seed."""
