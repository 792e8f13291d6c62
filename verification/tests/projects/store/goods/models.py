from django.db import models


class Buyer(models.Model):
    name = models.CharField(max_length=50)


class Item(models.Model):
    title = models.CharField(max_length=50)
    price = models.IntegerField()
    note = models.TextField(null=True)
    buyer = models.ForeignKey(Buyer, models.CASCADE)
    shop = models.BigIntegerField(null=True)


class Tag(models.Model):
    name = models.CharField(max_length=20, null=True)
