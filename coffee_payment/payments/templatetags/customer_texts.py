"""Texts for the templates, so that all of them stay in `user_messages`."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from payments.user_messages import ERROR_MESSAGES, INFO_MESSAGES, PAGE_TEXTS, STATUS_DESCRIPTIONS

register = template.Library()


@register.simple_tag
def page_text(name: str) -> str:
    """Return one label of a page. Raises `KeyError` for an unknown name."""
    return PAGE_TEXTS[name]


@register.simple_tag
def script_texts(element_id: str) -> SafeString:
    """Return the texts of the page's script as a JSON block, which no browser executes."""
    texts = {
        "page": PAGE_TEXTS,
        "statuses": STATUS_DESCRIPTIONS,
        "info": INFO_MESSAGES,
        "errors": {name: ERROR_MESSAGES[name] for name in ("invalid_email", "payment_creation_failed")},
    }
    return json_script(texts, element_id)
