"""The page on which a customer pays at a local provider."""

from html import escape
from typing import Final
from urllib.parse import urlsplit, urlunsplit

_PAGE: Final = """<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{name}</title>
<style>body{{font:18px system-ui;max-width:26rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;width:100%;padding:.8rem;margin:.4rem 0}}</style></head>
<body><h1>{name}</h1><p>{description}</p><p><b>{rubles} ₽</b> · {status}</p>
<form method="post"><button name="action" value="pay">Оплатить</button>
<button name="action" value="cancel">Отменить</button></form></body></html>"""


def page(name: str, description: str, kopecks: int, status: str) -> str:
    """Render the page with its two buttons."""
    return _PAGE.format(
        name=escape(name),
        description=escape(description),
        rubles=f"{kopecks / 100:.2f}",
        status=escape(status),
    )


def returning(address: str, base: str | None) -> str:
    """Return the URL to go back to; `base` replaces its scheme and host."""
    if base is None:
        return address
    other, parts = urlsplit(base), urlsplit(address)
    return urlunsplit((other.scheme, other.netloc, parts.path, parts.query, ""))
