"""Check the container files without a container engine: against the compose schema, the source tree and the docs.

The schema is that of the Compose Specification (tests/vendor/compose-spec).
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import get_commands

from tests.processes import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SCHEMA = json.loads((PROJECT / "tests/vendor/compose-spec/compose-spec.json").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
IGNORED = (PROJECT / ".dockerignore").read_text().splitlines()
OPERATIONS = PROJECT / "docs/operations.md"
OURS = ("migrate", "web", "worker", "beat")


def test_compose_holds_to_the_specification():
    jsonschema.Draft201909Validator(SCHEMA).validate(COMPOSE)


def test_the_schema_would_notice():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(SCHEMA).validate({"services": {"web": {"portz": ["8000:8000"]}}})


def test_compose_has_every_process_and_says_when_each_is_well():
    assert set(COMPOSE["services"]) == {*OURS, "postgres", "redis"}
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"
    for name in ("worker", "beat", "postgres", "redis"):
        assert COMPOSE["services"][name]["healthcheck"]["test"], name
    assert any(line.startswith("HEALTHCHECK") for line in DOCKERFILE)  # the web server's


def test_what_compose_depends_on_and_mounts_is_there():
    volumes = COMPOSE["volumes"]
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        assert {mount.split(":")[0] for mount in service.get("volumes", [])} <= set(volumes)


def test_secrets_come_from_the_environment_and_must_be_given():
    text = (PROJECT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALLOWED_HOSTS"):
        assert f"${{{name}:?" in text
        assert not re.search(rf"\${{{name}(?!:\?)", text)


def test_every_service_is_hardened():
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
    assert set(COMPOSE["services"]["postgres"]["cap_add"]) <= {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}


def test_mail_and_the_sites_address_reach_every_process():
    for name in OURS:
        environment = COMPOSE["services"][name]["environment"]
        assert {"EMAIL_HOST", "EMAIL_PORT", "EMAIL_SECURITY", "SITE_URL", "TRUSTED_PROXIES"} <= set(environment)
        assert "@redis:" in environment["REDIS_URL"]


@pytest.mark.parametrize(("given", "address"), [
    ({}, "http://localhost:8000"),
    ({"PORT": "8031"}, "http://localhost:8031"),
    ({"PORT": "8031", "SITE_URL": "https://crm.example.org/"}, "https://crm.example.org"),
])  # fmt: skip
def test_links_lead_to_the_port_in_use(given, address):
    others = {name: value for name, value in os.environ.items() if name not in ("PORT", "SITE_URL")}
    servers = {"SECRET_KEY": "x", "DATABASE_URL": "postgresql://localhost/none", "REDIS_URL": "redis://localhost"}
    command = [sys.executable, "-c", "from partnership import settings; print(settings.SITE_URL)"]
    printed = subprocess.run(
        command, env={**others, **servers, **given}, cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == address


def test_the_health_check_asks_the_port_with_threads_of_its_own():
    [port] = re.findall(r"HEALTH_PORT=(\d+)", "".join(DOCKERFILE))
    assert any(line.startswith("HEALTHCHECK") and f"localhost:{port}/healthz" in line for line in DOCKERFILE)
    assert any(line.startswith("CMD ") and f"127.0.0.1:{port}" in line for line in DOCKERFILE)


def test_compose_runs_commands_that_exist():
    for name in OURS:
        command = COMPOSE["services"][name].get("command", [])
        if "manage.py" in command:
            assert command[command.index("manage.py") + 1] in get_commands()


def test_the_image_copies_what_is_there_and_is_not_ignored():
    copied = [source for line in DOCKERFILE if line.startswith("COPY") for source in shlex.split(line)[1:-1]]
    assert {"locale", "manage.py", "partnership", "static", "templates"} <= set(copied)
    for source in copied:
        assert (PROJECT / source).exists(), source
        assert f"!{source}" in IGNORED, source


def test_the_image_holds_every_package_of_the_project():
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"bench", "tests", "tools"}
    assert packages <= {source for line in DOCKERFILE if line.startswith("COPY") for source in shlex.split(line)[1:-1]}


def test_the_image_installs_by_hash_and_does_not_run_as_root():
    assert any("--require-hashes" in line for line in DOCKERFILE)
    user = [number for number, line in enumerate(DOCKERFILE) if line.startswith("USER ")]
    command = [number for number, line in enumerate(DOCKERFILE) if line.startswith("CMD ")]
    assert user
    assert user[-1] < command[0]
    assert DOCKERFILE[user[-1]] != "USER root"


def test_the_locks_name_no_index_and_hash_every_package():
    for name in ("requirements-image.txt", "requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / name).read_text()
        assert "://" not in text
        assert "--index-url" not in text
        pinned = re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==.*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_variable_that_the_product_reads_is_in_the_docs():
    documented = set(re.findall(r"`([A-Z_]{4,})`", OPERATIONS.read_text()))
    read = {name for path in _sources() for name in re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", path.read_text())}
    assert read - documented == {"DJANGO_SETTINGS_MODULE"} & read
    assert set(re.findall(r"\${([A-Z_]+)", (PROJECT / "docker-compose.yml").read_text())) <= documented


def _sources() -> list[Path]:
    packages = (PROJECT / name for name in ("partnership", "customers", "interactions"))
    return [PROJECT / "gunicorn.conf.py", *(path for package in packages for path in package.rglob("*.py"))]


def test_ci_is_a_sound_script_that_checks_and_requires_a_browser():
    script = PROJECT / ".ci/run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert "make check" in text
    assert "REQUIRE_BROWSER=1 make test" in text
