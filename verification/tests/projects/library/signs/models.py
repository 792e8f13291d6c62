"""Models at the end of the chain."""

from django.db import models


class Sign(models.Model):
    text = models.TextField()
