"""Routes of the payments app (design: domain.md section 5)."""

from django.urls import path

from . import views

urlpatterns = [
    path("health", views.health_check, name="health_check"),
]
