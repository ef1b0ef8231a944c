from django.contrib import admin
from django.urls import include, path

from . import health

# Programs are answered in another way than people.
handler400 = "commitments.api.problems.bad_request"
handler404 = "commitments.api.problems.page_not_found"
handler500 = "commitments.api.problems.server_error"

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("", include("commitments.urls")),
]
