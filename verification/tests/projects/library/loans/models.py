"""Models at the end of the chain."""

from django.db import models


class Loan(models.Model):
    book = models.ForeignKey("books.Book", on_delete=models.CASCADE)
    until = models.DateField()
