"""Foreign data wrappers, servers and user mappings; secret options are masked before they enter the model."""

from typing import Final

from .query import Query
from .reader import FIRST_USER_OID

WRAPPERS: Final = Query(
    "foreign_data_wrapper",
    "pg_foreign_data_wrapper",
    f"""
SELECT o.oid, quote_ident(o.fdwname) AS id_name, pg_get_userbyid(o.fdwowner) AS owner,
    CASE WHEN o.fdwhandler <> 0 THEN o.fdwhandler::regproc::text END AS handler,
    CASE WHEN o.fdwvalidator <> 0 THEN o.fdwvalidator::regproc::text END AS validator,
    o.fdwoptions AS options
FROM pg_foreign_data_wrapper o WHERE o.oid >= {FIRST_USER_OID}
""",
    secrets=("options",),
)

SERVERS: Final = Query(
    "server",
    "pg_foreign_server",
    f"""
SELECT o.oid, o.srvfdw AS parent, quote_ident(o.srvname) AS id_name, pg_get_userbyid(o.srvowner) AS owner,
    quote_ident(w.fdwname) AS wrapper, o.srvtype AS type, o.srvversion AS version, o.srvoptions AS options
FROM pg_foreign_server o JOIN pg_foreign_data_wrapper w ON w.oid = o.srvfdw WHERE o.oid >= {FIRST_USER_OID}
""",
    parent="pg_foreign_data_wrapper",
    secrets=("options",),
)

USER_MAPPINGS: Final = Query(
    "user_mapping",
    "pg_user_mapping",
    """
SELECT o.umid AS oid, o.srvid AS parent, o.usename::text AS id_name, o.umoptions AS options
FROM pg_user_mappings o
""",
    parent="pg_foreign_server",
    targeted=True,
    secrets=("options",),
)

QUERIES: Final = (WRAPPERS, SERVERS, USER_MAPPINGS)
