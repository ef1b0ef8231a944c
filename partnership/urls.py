from django.contrib import admin
from django.urls import include, path

from . import health

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("", include("commitments.urls")),
]
