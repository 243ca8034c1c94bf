"""Explain why a record is invalid."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_EXPLANATIONS: Mapping[str, str] = {
    "missing": "is missing",
    "dict_type": "must be an object in braces",
    "list_type": "must be a list in brackets",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "model_type": "must be an object in braces",
}


def explain_errors(error: ValidationError) -> str:
    """Explain the first three problems of a record: the field, and what to write instead."""
    problems = error.errors(include_url=False)
    first = [_explain_problem(problem) for problem in problems[:3]]
    return "; ".join(dict.fromkeys(first)) + ("; and more" if len(problems) > 3 else "")


def _explain_problem(problem: ErrorDetails) -> str:
    field = ".".join(str(part) for part in problem["loc"] if not str(part).startswith("function-"))
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown field {field[:80]!r}: leave it out, or put it into payload or attributes"
    if kind == "enum":
        return f"unknown {field} {str(given)[:40]!r}: {_suggestion(str(given), context['expected'])}"
    if kind == "string_too_long":
        return f"{field} is longer than {context['max_length']} characters"
    if kind == "string_pattern_mismatch" and ":" in str(context.get("pattern")):
        return f"{field} {str(given)[:40]!r} is not a ref: write source:external_id, such as crm:42"
    if kind == "string_pattern_mismatch":
        return f"{field} {str(given)[:40]!r} is not written as it should be" + (
            ": three capital letters, such as EUR" if field == "currency" else ""
        )
    if kind == "value_error":
        return f"{field}: {context['error']}"
    return f"{field} {_EXPLANATIONS.get(kind) or problem['msg'][0].lower() + problem['msg'][1:]}".strip()


def _suggestion(given: str, expected: str) -> str:
    known = re.findall(r"'([^']+)'", expected)
    close = get_close_matches(given, known, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}"
