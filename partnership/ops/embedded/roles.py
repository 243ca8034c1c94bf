"""SQL that gives the embedded database to a role that is no superuser: whoever makes it run SQL of theirs reaches no
file and no program of the server's.

Clusters of earlier versions belong to a superuser of the same name. It becomes `postgres`, what it owns in our database
becomes the new role's, and the connection string stays as it was.
"""

SUPERUSER = "postgres"

# The role that initdb made has this key; it always stays a superuser.
_BOOTSTRAP = 10

_OTHERS_SCHEMAS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"

# ALTER ROLE refuses to rename the session's own role, and there is no other yet.
_RENAME_BOOTSTRAP = f"UPDATE pg_authid SET rolname = '{SUPERUSER}' WHERE oid = {_BOOTSTRAP} AND rolname = '{{role}}'"

_CREATE_ROLE = """
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
  CREATE ROLE {role} LOGIN CREATEDB; END IF; END $$"""

_CREATE_DATABASE = "CREATE DATABASE {database} OWNER {role}"

# Sequences of columns follow their tables.
_GIVE_AWAY = f"""
DO $$ DECLARE it text; BEGIN
  FOR it IN
    SELECT format('ALTER SCHEMA %I OWNER TO {{role}}', nspname) FROM pg_namespace
    WHERE {_OTHERS_SCHEMAS} AND nspname <> 'public' AND nspowner = {_BOOTSTRAP}
    UNION ALL
    SELECT format('ALTER %s %I.%I OWNER TO {{role}}',
      CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
      nspname, relname)
    FROM pg_class thing JOIN pg_namespace place ON place.oid = relnamespace
    WHERE {_OTHERS_SCHEMAS} AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner = {_BOOTSTRAP} AND NOT EXISTS (
      SELECT FROM pg_depend WHERE objid = thing.oid AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i', 'e'))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO {{role}}', routine.oid::regprocedure)
    FROM pg_proc routine JOIN pg_namespace place ON place.oid = pronamespace
    WHERE {_OTHERS_SCHEMAS} AND proowner = {_BOOTSTRAP} AND NOT EXISTS (
      SELECT FROM pg_depend WHERE objid = routine.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')
  LOOP EXECUTE it; END LOOP;
END $$"""

_OWN_DATABASE = "ALTER DATABASE {database} OWNER TO {role}"


def for_a_new_cluster(role: str, database: str) -> str:
    """Return the commands for `postgres --single -j` of a cluster that was made for SUPERUSER."""
    return _as_input(_CREATE_ROLE, _CREATE_DATABASE, role=role, database=database)


def for_an_earlier_cluster(role: str, database: str) -> str:
    """Return the commands, in that database, for a cluster that was made for `role`. They can be repeated."""
    return _as_input(_RENAME_BOOTSTRAP, _CREATE_ROLE, _OWN_DATABASE, _GIVE_AWAY, role=role, database=database)


def _as_input(*commands: str, role: str, database: str) -> str:
    # With -j, a command ends with a semicolon, a line's end and an empty line.
    return "".join(f"{command.strip().format(role=role, database=database)};\n\n" for command in commands)
