#!/bin/sh
# Starts a container: migrate, create the first admin, then run the arguments, or the server that RUN_MODE names.
set -eu

root=$(cd "$(dirname "$0")" && pwd)
cd "$root/coffee_payment"

case "$(printf %s "${SKIP_MIGRATIONS:-false}" | tr '[:upper:]' '[:lower:]')" in
    true | 1 | yes) ;;
    *) python manage.py migrate_safely >&2 ;; # stdout is for the log's JSON lines
esac

# The command does not change an existing admin.
if [ -n "${DJANGO_SUPERUSER_USERNAME:-}" ] && [ -n "${DJANGO_SUPERUSER_EMAIL:-}" ] \
    && [ -n "${DJANGO_SUPERUSER_PASSWORD:-}" ]; then
    python manage.py ensure_admin "$DJANGO_SUPERUSER_USERNAME" "$DJANGO_SUPERUSER_EMAIL" >&2
fi

if [ "$#" -gt 0 ]; then
    exec "$@"
fi

case "${RUN_MODE:-production}" in
    production) exec gunicorn --config "$root/gunicorn.conf.py" ;;
    development) exec python manage.py runserver "0.0.0.0:${GUNICORN_PORT:-8000}" ;;
    *)
        echo "RUN_MODE must be production or development, not '$RUN_MODE'" >&2
        exit 2
        ;;
esac
