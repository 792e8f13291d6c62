"""Models at the end of the chain."""

from django.db import models


class Shelf(models.Model):
    name = models.CharField(max_length=50, unique=True)


class Book(models.Model):
    title = models.CharField(max_length=100)
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    isbn = models.CharField(max_length=20, unique=True)
    pages = models.IntegerField(default=0)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "French")], default="en")

    class Meta:
        indexes = [models.Index(fields=["title", "-pages"], name="book_title_idx")]
        constraints = [models.CheckConstraint(condition=models.Q(pages__gte=0), name="book_pages_check")]
