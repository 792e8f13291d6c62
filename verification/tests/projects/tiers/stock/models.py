"""Models at the end of the chain."""

from django.db import models


class Item(models.Model):
    code = models.CharField(max_length=20)
    count = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    seen = models.DateTimeField(null=True)
