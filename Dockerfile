# Target `providers`: local servers in place of the payment providers and TMetr, for trying things out. Nothing of
# them is in the server's image.
FROM python:3.12-slim AS providers
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin provider
COPY coffee_payment/provider_servers /srv/provider_servers
WORKDIR /srv
USER 10001
EXPOSE 8080
ENTRYPOINT ["python", "-m", "provider_servers", "--host", "0.0.0.0", "--port", "8080"]

# The server's image (the default target): built in one stage, run in another that has no build tools and no root.
FROM python:3.12-slim AS requirements
COPY pyproject.toml /
# The libraries are installed again only when these lines change.
RUN python -c "import tomllib; print(*tomllib.load(open('/pyproject.toml', 'rb'))['dependency-groups']['server'], sep='\n')" \
        >/requirements.txt

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/server
COPY --from=requirements /requirements.txt /build/
# The root file system is read-only: what is not compiled here would be compiled at every start.
RUN /opt/server/bin/python -m pip install --quiet --no-compile --requirement /build/requirements.txt "Django~=5.2.0" && \
    /opt/server/bin/python -m pip uninstall --quiet --yes pip && \
    /opt/server/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /conf/ /opt/server
# Only what the server needs: tests, benchmarks and the providers' local servers stay outside.
COPY coffee_payment/manage.py /build/coffee_payment/
COPY coffee_payment/coffee_payment /build/coffee_payment/coffee_payment
COPY coffee_payment/payments /build/coffee_payment/payments
COPY coffee_payment/static /build/coffee_payment/static
COPY coffee_payment/templates /build/coffee_payment/templates
# Static files need no secret: with DEBUG on the server uses a random key for this command.
RUN cd /build/coffee_payment && DEBUG=true /opt/server/bin/python manage.py collectstatic --noinput --verbosity 0 && \
    /opt/server/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /conf/ \
        -s /build/coffee_payment -p /srv/coffee_payment /build/coffee_payment

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
