"""Models at the end of the chain."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    email = models.EmailField(unique=True)
    note = models.TextField(blank=True, default="")

    USERNAME_FIELD = "email"
