"""The rooms of partnership/desk import each other in one direction only."""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

from django.conf import settings

DESK = Path(settings.BASE_DIR) / "partnership" / "desk"

# What is done from the list of customers belongs to it: these three count as one room.
PARTS_OF_THE_LIST = {"bulk": "customer_list", "saved_views": "customer_list"}


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
        importer = PARTS_OF_THE_LIST.get(room, room)
        for path in (DESK / room).rglob("*.py"):
            for module in imported_modules(path):
                match module.split("."):
                    case ["partnership", "desk", other, *_] if other in rooms:
                        imports[importer].add(PARTS_OF_THE_LIST.get(other, other))
    return {room: imported - {room} for room, imported in imports.items()}


def test_no_cycle_between_rooms():
    imports = imports_of_rooms()
    assert {"timeline", "composer", "goals"} <= imports["customer"]
    TopologicalSorter(imports).prepare()  # raises CycleError with the rooms of a cycle
