"""Migrates one process at a time, as a project's own command may."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    def handle(self, *args, **options):
        holder = connection.copy()
        with holder.cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_try_advisory_lock(1)")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.1)
        call_command("migrate", interactive=False, verbosity=0)
        holder.close()
