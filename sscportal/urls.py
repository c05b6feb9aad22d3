from django.contrib import admin
from django.urls import include, path

from cooperation.admin.first_page import first_page
from cooperation.admin.guide import guide_page
from cooperation.admin.password_pages import SetPasswordPage, ask_for_link
from cooperation.admin.sign_in import code_step, second_factor_page, set_up_step, sign_in
from cooperation.admin.unsent_page import unsent_page
from cooperation.admin.view_on_site import view_on_site

urlpatterns = [
    path("admin/", admin.site.admin_view(first_page)),
    path("admin/guide/", admin.site.admin_view(guide_page), name="curators_guide"),
    # The log-in takes the place of Django's own view of that address.
    path("admin/login/", sign_in),
    path("admin/login/code/", code_step, name="sign_in_code"),
    path("admin/login/set-up/", set_up_step, name="sign_in_set_up"),
    path("admin/password_reset/", ask_for_link, name="password_reset"),
    path("admin/reset/<uidb64>/<token>/", SetPasswordPage.as_view(), name="password_reset_confirm"),
    path("admin/second-factor/", admin.site.admin_view(second_factor_page), name="second_factor"),
    path("admin/unsent/", admin.site.admin_view(unsent_page), name="unsent"),
    # In the place of Django's own view of that address.
    path("admin/r/<path:content_type_id>/<path:object_id>/", admin.site.admin_view(view_on_site)),
    path("admin/", admin.site.urls),
    path("", include("cooperation.urls")),
]

handler500 = "cooperation.views.failures.server_error"
