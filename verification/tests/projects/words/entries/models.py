"""Models at the end of the chain."""

from django.contrib.postgres.fields import HStoreField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    text = models.CharField(max_length=80)
    marks = HStoreField(default=dict)

    class Meta:
        indexes = [GinIndex(fields=["text"], name="entry_text_gin", opclasses=["gin_trgm_ops"])]
