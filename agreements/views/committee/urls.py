"""The addresses of the committee's pages, below `committee/`."""

from django.urls import path

from agreements.views.committee import items, overview, sittings

ADDRESSES = [
    path("", overview.committee, name="committee"),
    path("seats/appoint/", overview.appoint, name="appoint"),
    path("seats/<uuid:seat_id>/term/", overview.set_term, name="set_term"),
    path("petitions/<uuid:dispute_id>/", overview.petition, name="petition"),
    path("decisions/<uuid:resolution_id>/", overview.resolution, name="resolution"),
    path("decisions/<uuid:resolution_id>/done/", overview.carry_out, name="carry_out"),
    path("meetings/plan/", sittings.plan, name="plan_sitting"),
    path("meetings/<uuid:sitting_id>/", sittings.sitting, name="sitting"),
    path("meetings/<uuid:sitting_id>/change/", sittings.change, name="change_sitting"),
    path("meetings/<uuid:sitting_id>/collect/", sittings.collect, name="collect_agenda"),
    path("meetings/<uuid:sitting_id>/call/", sittings.call, name="call_sitting"),
    path("meetings/<uuid:sitting_id>/answer/", sittings.answer_call, name="answer_call"),
    path("meetings/<uuid:sitting_id>/cancel/", sittings.cancel, name="cancel_sitting"),
    path("meetings/<uuid:sitting_id>/hold/", sittings.hold, name="hold_sitting"),
    path("meetings/<uuid:sitting_id>/close/", sittings.close, name="close_sitting"),
    path("meetings/<uuid:sitting_id>/items/add/", sittings.add_item, name="add_item"),
    path("meetings/<uuid:sitting_id>/pack.pdf", sittings.pack, name="meeting_pack"),
    path("meetings/<uuid:sitting_id>/minutes.pdf", sittings.minutes_file, name="minutes_file"),
    path("items/<uuid:item_id>/", items.item, name="item"),
    path("items/<uuid:item_id>/papers/<uuid:file_id>/", sittings.paper, name="agenda_paper"),
    path("items/<uuid:item_id>/vote/", items.vote, name="vote_item"),
    path("items/<uuid:item_id>/votes/", items.enter_votes, name="enter_votes"),
    path("items/<uuid:item_id>/interest/", items.declare_interest, name="declare_interest"),
    path("items/<uuid:item_id>/decide/", items.decide, name="decide_item"),
    path("items/<uuid:item_id>/note/", items.note, name="note_item"),
    path("items/<uuid:item_id>/adjourn/", items.adjourn, name="adjourn_item"),
    path("items/<uuid:item_id>/change/", items.change, name="change_item"),
    path("items/<uuid:item_id>/remove/", items.remove, name="remove_item"),
    path("items/<uuid:item_id>/minutes/", items.write, name="write_minutes"),
    path("minutes/<uuid:minutes_id>/send/", items.circulate, name="circulate_minutes"),
    path("minutes/<uuid:minutes_id>/answer/", items.answer_minutes, name="answer_minutes"),
    path("minutes/<uuid:minutes_id>/answers/", items.enter_answer, name="enter_answer"),
    path("minutes/<uuid:minutes_id>/take-back/", items.take_back, name="take_back_minutes"),
    path("minutes/<uuid:minutes_id>/withdraw/", items.withdraw, name="withdraw_minutes"),
]
