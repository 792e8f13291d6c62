"""Models at the end of the chain."""

from django.db import models


class Fact(models.Model):
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="fact_day_idx")]
