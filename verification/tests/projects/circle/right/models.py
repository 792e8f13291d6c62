"""Models at the end of the chain."""

from django.db import models


class Glove(models.Model):
    pass
