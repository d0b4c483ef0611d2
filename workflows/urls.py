"""Addresses of the movement."""

from django.urls import path

from workflows.views import applicant, office, story

app_name = "workflows"

applicant_patterns = [
    path("ho-so/<uuid:key>/gui/", applicant.submit, name="submit"),
    path("ho-so/<uuid:key>/rut/", applicant.withdraw, name="withdraw"),
    path("ho-so/<uuid:key>/tra-loi/", applicant.answer, name="answer"),
    path("ho-so/<uuid:key>/gui-lai/", applicant.resubmit, name="resubmit"),
    path("ho-so/<uuid:key>/danh-gia/", applicant.rate, name="rate"),
]

office_patterns = [
    path("viec/", office.worklist, name="worklist"),
    path("viec/<int:pk>/", office.item, name="item"),
    path("viec/<int:pk>/ket-luan/", office.decide, name="decide"),
    path("viec/<int:pk>/nhan/", office.claim, name="claim"),
    path("viec/<int:pk>/tra/", office.release, name="release"),
    path("viec/<int:pk>/hoi/", office.ask, name="ask"),
    path("viec/<int:pk>/mo-kin/", office.unseal, name="unseal"),
    path("giam-sat/<uuid:key>/", story.story, name="story"),
]

urlpatterns = [*applicant_patterns, *office_patterns]
