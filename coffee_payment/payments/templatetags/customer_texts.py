"""Gives the templates their texts, so that ``user_messages`` stays the only place that has any."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from payments.user_messages import ERROR_MESSAGES, INFO_MESSAGES, PAGE_TEXTS, STATUS_DESCRIPTIONS

register = template.Library()


@register.simple_tag
def page_text(name: str) -> str:
    """Give one label of a page; an unknown name is an error of the template's author."""
    return PAGE_TEXTS[name]


@register.simple_tag
def script_texts(element_id: str) -> SafeString:
    """Give the texts that the page's script shows, as a JSON block that no browser runs."""
    texts = {
        "page": PAGE_TEXTS,
        "statuses": STATUS_DESCRIPTIONS,
        "info": INFO_MESSAGES,
        "errors": {name: ERROR_MESSAGES[name] for name in ("invalid_email", "payment_creation_failed")},
    }
    return json_script(texts, element_id)
