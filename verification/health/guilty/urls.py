"""One path per offence, ``/innocent``, and two that are too slow."""

from django.urls import path

from verification.health.guilty import views
from verification.health.offences import INNOCENT, Offence

urlpatterns = [
    path(INNOCENT, views.innocent),
    path("slow", views.slow),
    path("sluggish", views.sluggish),
    *(path(str(offence), views.guilty, {"offence": offence}) for offence in Offence),
]
