"""Models at the end of the chain."""

from django.db import models


class Hand(models.Model):
    size = models.IntegerField(default=0)
