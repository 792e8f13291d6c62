"""One path for each violation, ``/clean``, and two that are too slow."""

from django.urls import path

from verification.health.detectors.violations import CLEAN, Violation
from verification.health.violating_project import views

urlpatterns = [
    path(CLEAN, views.clean),
    path("over-limit", views.over_limit),
    path("slower", views.slower),
    *(path(str(violation), views.commit, {"violation": violation}) for violation in Violation),
]
