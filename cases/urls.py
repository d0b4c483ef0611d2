"""Addresses of the record: her own cases, their papers."""

from django.urls import path

from cases.views import documents, filing, mine, register

app_name = "cases"

urlpatterns = [
    path("ho-so/", mine.mine, name="mine"),
    path("ho-so/moi/<slug:service>/", filing.start, name="start"),
    path("ho-so/<uuid:key>/", mine.status, name="status"),
    path("ho-so/<uuid:key>/dien/<slug:slug>/", filing.page, name="page"),
    path("ho-so/<uuid:key>/giay-to/", filing.papers, name="papers"),
    path("ho-so/<uuid:key>/giay-to/<uuid:paper>/bo/", filing.remove_paper, name="remove_paper"),
    path("ho-so/<uuid:key>/kiem-tra/", filing.check, name="check"),
    path("ho-so/<uuid:key>/da-nhan/", mine.filed, name="filed"),
    path("giay-to/<uuid:key>/", documents.document, name="document"),
    path("giam-sat/", register.register, name="register"),
]
