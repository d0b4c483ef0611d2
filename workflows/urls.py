"""Addresses of the movement."""

from django.urls import path

from workflows.views import (
    absence,
    applicant,
    applicant_step,
    checking,
    deciding,
    following,
    hands,
    office,
    office_case,
    overview,
    promising,
    publishing,
    routing,
    rules,
    story,
    supervising,
)

app_name = "workflows"

applicant_patterns = [
    path("ho-so/<uuid:key>/gui/", applicant.submit, name="submit"),
    path("ho-so/<uuid:key>/rut/", applicant.withdraw, name="withdraw"),
    path("ho-so/<uuid:key>/tra-loi/", applicant.answer, name="answer"),
    path("ho-so/<uuid:key>/buoc/<int:pk>/", applicant_step.her_step, name="her_step"),
    path("ho-so/<uuid:key>/rut-dong-y/", applicant.take_back, name="take_back"),
    path("ho-so/<uuid:key>/gui-lai/", applicant.resubmit, name="resubmit"),
    path("ho-so/<uuid:key>/danh-gia/", applicant.rate, name="rate"),
    path("ho-so/<uuid:key>/theo-doi/<int:number>/", following.follow_up, name="follow_up"),
    path("ho-so/<uuid:key>/nhan-tin/gui/", applicant.write, name="write_to_office"),
    path("ho-so/<uuid:key>/them-giay/", applicant.add_papers, name="add_papers"),
]

office_patterns = [
    path("viec/", office.worklist, name="worklist"),
    path("viec/giao/", office.assign, name="assign"),
    path("viec/<int:pk>/", deciding.item, name="item"),
    path("viec/<int:pk>/ket-luan/", deciding.decide, name="decide"),
    path("viec/<int:pk>/xem-truoc/", deciding.preview, name="preview"),
    path("viec/<int:pk>/nhan/", deciding.claim, name="claim"),
    path("viec/<int:pk>/tra/", deciding.release, name="release"),
    path("viec/<int:pk>/hoi/", deciding.ask, name="ask"),
    path("viec/<int:pk>/mo-kin/", deciding.unseal, name="unseal"),
    path("viec/<int:pk>/hien-so/", deciding.unmask, name="unmask"),
    path("viec/<int:pk>/nhan-tin/", deciding.write, name="write"),
    path("viec/<int:pk>/ghi-chu/", deciding.note, name="note"),
    path("hoi-them/<int:pk>/", promising.further, name="further"),
    path("hoi-them/<int:pk>/duyet/", promising.approve_request, name="approve_request"),
    path("hoi-them/<int:pk>/khong-duyet/", promising.decline_request, name="decline_request"),
    path("hen-lai/<uuid:key>/", promising.put_off, name="put_off"),
    path("theo-doi/<int:pk>/", following.follow_up_by_officer, name="follow_up_by_officer"),
    path("cong-bo/", publishing.to_publish, name="to_publish"),
    path("cong-bo/<uuid:key>/", publishing.publish, name="publish"),
    path("viec/<int:pk>/tranh/", hands.recuse, name="recuse"),
    path("viec/<int:pk>/chuyen/", hands.transfer, name="transfer"),
    path("viec/<int:pk>/doi-nguoi/", hands.reassign, name="reassign"),
    path("quan-he/", hands.relations, name="relations"),
    path("vang-mat/", absence.mine, name="absences"),
    path("vang-mat/<int:person>/", absence.of_colleague, name="absence_of"),
    path("vang-mat/lam-thay/<int:pk>/", absence.stand_in, name="stand_in"),
    path("vang-mat/ket-thuc/<int:pk>/", absence.end, name="end_absence"),
    path("ho-so-co-quan/<uuid:key>/", office_case.office_case, name="office_case"),
    path("giam-sat/<uuid:key>/", story.story, name="story"),
    path("giam-sat/<uuid:key>/nhac/", supervising.remind, name="remind"),
    path("giam-sat/<uuid:key>/nhan-xet/", supervising.remark, name="remark"),
    path("giam-sat/<uuid:key>/dien-bien.pdf", story.as_file, {"kind": "pdf"}, name="story_pdf"),
    path("giam-sat/<uuid:key>/dien-bien.csv", story.as_file, {"kind": "csv"}, name="story_csv"),
    path("giam-sat/<uuid:key>/dien-bien.json", story.as_file, {"kind": "json"}, name="story_json"),
    path("giam-sat/viec/", overview.items, name="supervised_items"),
    path("giam-sat/kiem-tra/", checking.checking, name="checking"),
    path("toan-canh/", overview.overview, name="overview"),
]

administrator_patterns = [
    path("quy-dinh/", rules.rules, name="rules"),
    path("quy-dinh/<slug:code>/de-xuat/", rules.propose, name="propose_rule"),
    path("quy-dinh/<int:rule>/duyet/", rules.approve, name="approve_rule"),
    path("quy-dinh/<int:rule>/bo/", rules.decline, name="decline_rule"),
    path("dinh-tuyen/", routing.routing, name="routing"),
    path("dinh-tuyen/<slug:service>/<slug:name>/them/", routing.propose, name="propose_route"),
    path("dinh-tuyen/<int:rule>/doi/", routing.change, name="change_route"),
    path("dinh-tuyen/<int:rule>/ket-thuc/", routing.end, name="end_route"),
    path("dinh-tuyen/<int:rule>/duyet/", routing.approve, name="approve_route"),
    path("dinh-tuyen/<int:rule>/bo/", routing.decline, name="decline_route"),
    path("lich/", rules.calendar, name="calendar"),
    path("lich/ngay/", rules.enter_day, name="enter_day"),
    path("lich/ngay/<slug:day>/rut/", rules.take_back_day, name="take_back_day"),
    path("lich/cong-bo/", rules.announce, name="announce_year"),
]

urlpatterns = [*applicant_patterns, *office_patterns, *administrator_patterns]
