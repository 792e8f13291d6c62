# The server's image: built in one stage, run in another that has no build tools and no root.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/server && /opt/server/bin/python -m pip install --quiet --upgrade "pip>=25.1"
COPY pyproject.toml /build/
RUN cd /build && /opt/server/bin/python -m pip install --quiet --group server "Django~=5.2.0" && \
    /opt/server/bin/python -m pip uninstall --quiet --yes pip
COPY coffee_payment /build/coffee_payment
# Static files need no secret: with DEBUG on the server makes itself a random key for this one command.
# The root file system is read-only, so what is not compiled here would be compiled at every start.
RUN cd /build/coffee_payment && DEBUG=true /opt/server/bin/python manage.py collectstatic --noinput --verbosity 0 && \
    rm -rf tests benchmarks && \
    find /build /opt/server -name __pycache__ -type d -prune -exec rm -rf {} + && \
    /opt/server/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /conf/ \
        -s /build/coffee_payment -p /srv/coffee_payment /build/coffee_payment && \
    /opt/server/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /conf/ /opt/server

FROM python:3.12-slim
ENV PATH=/opt/server/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m pip uninstall --quiet --yes --root-user-action ignore pip && \
    rm -rf /usr/local/lib/python3.12/ensurepip && \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash \
        -x '/(site-packages|test|tests|idlelib|lib2to3|tkinter|turtledemo|pydoc_data|config-.*)/' /usr/local/lib/python3.12 && \
    useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin server
COPY --from=build /opt/server /opt/server
COPY --from=build /build/coffee_payment /srv/coffee_payment
COPY gunicorn.conf.py entrypoint.sh deploy/private_files.sh /srv/
WORKDIR /srv/coffee_payment
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=2s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.getenv(\"GUNICORN_PORT\", \"8000\")}/health', timeout=1)"]
ENTRYPOINT ["/srv/entrypoint.sh"]
