"""Every address of Đồng Hành."""

from allauth.account import views as account
from django.conf import settings
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView, TemplateView
from django.views.i18n import set_language

from project import design, views
from project.sign_in import confirm, enter

# Of allauth's pages only those of signing in by code are open.
sign_in = [
    path("vao/", enter, name="account_request_login_code"),
    path("vao/ma/", confirm, name="account_confirm_login_code"),
    path(
        "dang-nhap/",
        RedirectView.as_view(pattern_name="account_request_login_code", query_string=True),
        name="account_login",
    ),
    path("ra/", account.logout, name="account_logout"),
    path("tam-khoa/", account.account_inactive, name="account_inactive"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("tai-khoan/", include(sign_in)),
    path("thoat-nhanh/", views.leave, name="leave"),
    path(settings.NEUTRAL_PAGE.lstrip("/"), views.neutral, name="neutral"),
    path("gop-y/", TemplateView.as_view(template_name="house/feedback.html"), name="feedback"),
    path("du-lieu-cua-chi/", TemplateView.as_view(template_name="house/your_data.html"), name="your_data"),
    path("tro-giup-tiep-can/", TemplateView.as_view(template_name="house/accessibility.html"), name="accessibility"),
    path("design/", design.design, name="design"),
    path("design/van-phong/", design.office, name="design_office"),
    path("ngon-ngu/", require_POST(set_language), name="set_language"),
    path("", include("workflows.urls")),
    path("", include("cases.urls")),
    path("", include("notifications.urls")),
]

handler400 = "project.views.bad_request"
handler403 = "project.views.not_found"
handler404 = "project.views.not_found"
handler500 = "project.views.broken"
