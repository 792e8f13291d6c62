"""The project under verification, inside this very process: its settings on the harness's server."""

from verification.postgres.server import Database
from verification.project.configuration import Configuration


def database_variables(configuration: Configuration, database: Database, **tls: str) -> dict[str, str]:
    """Give the project's own variables that lead it to ``database``.

    ``tls`` holds libpq keywords (``sslmode``, ``sslrootcert`` ...). Keywords for which the
    project names no variable are left out.
    """
    server = database.server
    values = {
        "name": database.name,
        "user": server.user,
        "password": server.password,
        "host": server.host,
        "port": str(server.port),
        **tls,
    }
    names = configuration.database_environment
    return {names[keyword]: value for keyword, value in values.items() if keyword in names}
