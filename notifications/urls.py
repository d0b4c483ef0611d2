"""Addresses of the voice."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("thong-bao/", views.inbox, name="inbox"),
    path("thong-bao/so-moi/", views.badge, name="badge"),
    path("thong-bao/da-doc/", views.mark_read, name="mark_read"),
]
