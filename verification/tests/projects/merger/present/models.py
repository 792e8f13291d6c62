"""Models at the end of the chain."""

from django.db import models


class Thing(models.Model):
    label = models.CharField(max_length=40)

    class Meta:
        db_table = "things"
