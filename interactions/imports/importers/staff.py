"""Import staff, without passwords: an administrator sets them."""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from interactions.imports.importers.importer import Change, Importer, Outcome, RecordRefusedError
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from partnership.staff.models import ADMIN, Department, User


class StaffImporter(Importer[User]):
    record_type = "staff"
    model = User
    columns = {
        "email": "email",
        "name": "name",
        "active": "is_active",
        "away_from": "away_from",
        "away_to": "away_to",
        "department": "department_id",
        "cover": "cover_id",
        "roles": "is_staff",
    }
    field_groups = (frozenset({"away_from", "away_to"}),)

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        super().import_wave(wave, outcome)
        self.run.staff = refs.StaffRefs()

    def look_up_names(self, wave: list[Line]) -> dict[str, dict[str, int]]:
        emails = [line.record["email"].lower() for line in wave]
        holders = {user.email: user for user in User.objects.filter(email__in=emails)}
        self.holders = {email: (user.source, user.external_id) for email, user in holders.items()}
        return {
            "department": find_or_create_departments(
                line.record["department"] for line in wave if line.record.get("department")
            )
        }

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        record = line.record
        email = record["email"].lower()
        if self.holders.setdefault(email, line.key) != line.key:
            raise RecordRefusedError(
                f"email {email} belongs to {':'.join(self.holders[email])}: one address, one person"
            )
        away = record.get("away_from"), record.get("away_to")
        if away[1] and (not away[0] or away[0] > away[1]):
            raise RecordRefusedError("away_to is before away_from: mend one of them")
        return {
            **{column: default() for column, default in self.blank.items()},
            "email": email,
            "name": record["name"],
            "is_active": record.get("active") is not False,
            "away_from": away[0],
            "away_to": away[1],
            "department_id": known["department"].get(record.get("department") or ""),
            "is_staff": ADMIN in (record.get("roles") or ()),
        }

    def new_row(self, line: Line) -> User:
        row = super().new_row(line)
        row.password = make_password(None)
        return row

    def after_create(self, lines: list[Line], rows: list[User]) -> None:
        self.give_roles({row.pk: line.record.get("roles") or [] for line, row in zip(lines, rows, strict=True)})

    def after_update(self, changes: list[Change[User]]) -> None:
        self.give_roles({c.row.pk: c.line.record.get("roles") or [] for c in changes if "roles" in c.fields})

    def give_roles(self, roles: dict[int, list[str]]) -> None:
        groups = dict(Group.objects.values_list("name", "pk"))
        membership = User.groups.through
        wanted = {(pk, groups[name]) for pk, names in roles.items() for name in names}
        held = membership.objects.filter(user_id__in=roles)
        present = {(one.user_id, one.group_id): one.pk for one in held}
        membership.objects.bulk_create(
            membership(user_id=user, group_id=group) for user, group in sorted(wanted - present.keys())
        )
        membership.objects.filter(pk__in=[pk for key, pk in present.items() if key not in wanted]).delete()


def find_or_create_departments(names: Iterable[str]) -> dict[str, int]:
    """Return departments by name; create missing ones."""
    wanted = set(names)
    Department.objects.bulk_create([Department(name=name) for name in sorted(wanted)], ignore_conflicts=True)
    return dict(Department.objects.filter(name__in=wanted).values_list("name", "pk"))


class CoverImporter(Importer[User]):
    """Sets covers once all staff exist."""

    record_type = "staff"
    model = User
    columns = {"cover": "cover_id"}
    ref_fields = {"cover": "staff"}

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        covered = [line for line in wave if line.record.get("cover")]
        existing = self.existing_rows(covered)
        ready = self.resolve([line for line in covered if line.key in existing], outcome)
        for line in ready:
            pk, source_snapshot = existing[line.key]
            if (source_snapshot or {}).get("cover") != line.source_snapshot["cover"] or not User.objects.filter(
                pk=pk, cover__isnull=False
            ).exists():
                User.objects.filter(pk=pk).exclude(pk=line.values["cover_id"]).update(cover_id=line.values["cover_id"])
