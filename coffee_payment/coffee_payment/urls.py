"""Routes of the whole server; those of the payments app stand in `payments.urls`."""

from django.contrib import admin
from django.urls import include, path
from payments.admin.sign_in import sign_in

urlpatterns = [
    path("admin/login/", sign_in),
    path("admin/", admin.site.urls),
    path("", include("payments.urls")),
]
