"""One path for each violation, ``/clean``, and two that are too slow."""

from django.urls import path

from ..detectors.violations import CLEAN, Violation
from . import views

urlpatterns = [
    path(CLEAN, views.clean),
    path("over-limit", views.over_limit),
    path("slower", views.slower),
    *(path(str(violation), views.commit, {"violation": violation}) for violation in Violation),
]
