FROM python:3.13-slim

# The health check has a port of its own, and threads that no visitor can hold.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HEALTH_PORT=8001
WORKDIR /app

# Without the servers in wheels: PostgreSQL and Redis are containers of their own.
COPY requirements-image.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-image.txt

# pg_dump and pg_restore of the database's version, for backups by schedule.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install --yes --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*

COPY manage.py gunicorn.conf.py pyproject.toml ./
COPY customers customers
COPY interactions interactions
COPY partnership partnership
COPY templates templates
COPY static static
COPY locale locale

# Static files belong to the image; of var/ only the people's own files are a volume. The secret serves this one command.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput --verbosity=0 \
 && useradd --system --user-group --no-create-home partnership \
 && mkdir -p var/media var/refusals var/backups && chown -R partnership:partnership var

USER partnership
VOLUME ["/app/var/media", "/app/var/refusals", "/app/var/backups"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8001/healthz', timeout=4)"]
CMD ["python", "-m", "gunicorn", "--bind", "0.0.0.0:8000", "--bind", "127.0.0.1:8001"]
