"""The rooms of partnership/desk import each other in one direction only."""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

from django.conf import settings

DESK = Path(settings.BASE_DIR) / "partnership" / "desk"


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "partnership.desk":
            found |= {f"partnership.desk.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def imports_of_rooms() -> dict[str, set[str]]:
    rooms = {folder.name for folder in DESK.iterdir() if (folder / "__init__.py").exists()}
    imports = defaultdict(set)
    for room in rooms:
        for path in (DESK / room).rglob("*.py"):
            for module in imported_modules(path):
                match module.split("."):
                    case ["partnership", "desk", other, *_] if other in rooms - {room}:
                        imports[room].add(other)
    return imports


def test_no_cycle_between_rooms():
    imports = imports_of_rooms()
    assert {"timeline", "composer", "goals"} <= imports["customer"]
    TopologicalSorter(imports).prepare()  # raises CycleError with the rooms of a cycle
