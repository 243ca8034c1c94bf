from django.contrib import admin
from django.urls import include, path

handler500 = "partnership.ops.views.server_error"

urlpatterns = [
    path("", include("partnership.staff.urls")),
    path("", include("partnership.focus.urls")),
    path("", include("partnership.health.urls")),
    path("", include("partnership.recoveries.urls")),
    path("", include("partnership.notifications.urls")),
    path("", include("partnership.desk.urls")),
    path("", include("partnership.ops.urls")),
    path("admin/", admin.site.urls),
]
