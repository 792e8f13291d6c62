"""The object classes. A field that is None has PostgreSQL's default, so that it does not matter who wrote it out.

A new attribute is one field in ``relations`` or ``others``, with what is special of it in its ``Meaning``, and one
column of the class's query; one that ``diff --format sql`` shall write also needs its words in ``ddl``.
"""

from . import others, relations
from .base import CLASSES, Names, Object, Value, attribute_names, described, meanings, with_meaning
from .others import Annotation

__all__ = [
    "CLASSES", "Annotation", "Names", "Object", "Value", "attribute_names", "described", "meanings", "others",
    "relations", "with_meaning",
]  # fmt: skip
