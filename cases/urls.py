"""Addresses of the record: her own cases, their papers."""

from django.urls import path

from cases.views import counter, documents, filing, kinds, lookup, mine, papers, receipt, register, slips

app_name = "cases"

urlpatterns = [
    path("ho-so/", mine.mine, name="mine"),
    path("ho-so/loai/", kinds.kinds, name="kinds"),
    path("ho-so/moi/<slug:service>/", filing.start, name="start"),
    path("ho-so/<uuid:key>/", mine.status, name="status"),
    path("ho-so/<uuid:key>/dien/<slug:slug>/", filing.page, name="page"),
    path("ho-so/<uuid:key>/phan/", filing.parts, name="tasks"),
    path("ho-so/<uuid:key>/tiep/", filing.begin_next, name="begin_next"),
    path("ho-so/<uuid:key>/xoa/", filing.discard, name="discard"),
    path("ho-so/<uuid:key>/giay-to/", papers.papers, name="papers"),
    path("ho-so/<uuid:key>/giay-to/<uuid:paper>/bo/", papers.remove_paper, name="remove_paper"),
    path("ho-so/<uuid:key>/giay-to/<uuid:paper>/anh/", papers.thumbnail, name="thumbnail"),
    path("ho-so/<uuid:key>/kiem-tra/", filing.check, name="check"),
    path("ho-so/<uuid:key>/da-nhan/", mine.filed, name="filed"),
    path("ho-so/<uuid:key>/da-gui/", mine.sent, name="sent"),
    path("ho-so/<uuid:key>/nhan-tin/", mine.thread, name="thread"),
    path("ho-so/<uuid:key>/ai-da-mo/", mine.readings, name="readings"),
    path("tra-cuu/", lookup.lookup, name="lookup"),
    path("quay/", counter.counter, name="counter"),
    path("quay/<uuid:key>/ngay-nhan/", counter.paper_day, name="paper_day"),
    path("quay/<uuid:key>/dong-y/", counter.consent_sheet, name="consent_sheet"),
    path("giay-to/<uuid:key>/", documents.document, name="document"),
    path("ho-so/<uuid:key>/giay-hen.pdf", receipt.receipt, name="receipt"),
    path("phieu/", slips.check_slip, name="check_slip"),
    path("phieu/<uuid:key>/", slips.slip, name="slip"),
    path("phieu/<uuid:key>.pdf", slips.slip_pdf, name="slip_pdf"),
    path("ho-so-co-quan/", register.of_office, name="office_register"),
    path("ho-so/<uuid:key>/tra-loi.pdf", receipt.answer, name="answer_pdf"),
    path("giam-sat/", register.register, name="register"),
    path("giam-sat/ho-so.csv", register.as_file, {"kind": "csv"}, name="register_csv"),
    path("giam-sat/ho-so.xlsx", register.as_file, {"kind": "xlsx"}, name="register_xlsx"),
    path("giam-sat/chi-tieu/", register.targets_of, name="targets"),
    path("giam-sat/nhat-ky/", register.readings, name="diary"),
]
