"""One path per offence, ``/innocent``, and two that are too slow."""

from django.urls import path

from verification.health.detectors.violations import INNOCENT, Offence
from verification.health.violating_project import views

urlpatterns = [
    path(INNOCENT, views.innocent),
    path("slow", views.slow),
    path("sluggish", views.sluggish),
    *(path(str(offence), views.guilty, {"offence": offence}) for offence in Offence),
]
