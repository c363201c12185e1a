"""Who of the staff may do what: one line for each address of theirs (D9)."""

from collections.abc import Mapping

ADMIN, RECEPTION, PRACTITIONER = "admin", "reception", "practitioner"
ROLES = (RECEPTION, PRACTITIONER, ADMIN)

DESK = frozenset({RECEPTION, ADMIN})
EVERYBODY = frozenset(ROLES)
ADMINS = frozenset({ADMIN})

# Endpoint -> the roles that may use it; what is not named here nobody may.
STAFF_ENDPOINTS: Mapping[str, frozenset[str]] = {
    "api.day": EVERYBODY,  # a practitioner sees their own visits only
    "desk.today": EVERYBODY,
    "desk.day": EVERYBODY,
    "desk.grid": EVERYBODY,
    "desk.keys": EVERYBODY,
    "desk.why": DESK,
    "desk.late": DESK,
    "desk.move_late": DESK,
    "desk.blocks": DESK,
    "desk.sick": DESK,
    "desk.block_time": DESK,
    "desk.remove_block": DESK,
    "desk.book": DESK,
    "desk.book_form": DESK,
    "desk.visit": EVERYBODY,  # a practitioner reads their own visits only
    "desk.status": DESK,
    "desk.move": DESK,
    "desk.cancel": DESK,
    "desk.restore": DESK,
    "desk.note": DESK,
    "desk.fee": DESK,
    "desk.patients": DESK,
    "desk.find_patients": DESK,
    "desk.patient": DESK,
    "desk.correct_patient": DESK,
    "desk.merge_patients": DESK,
    "desk.unmerge_patient": DESK,
    "desk.sheet": EVERYBODY,  # a practitioner sees their own visits only
    "desk.calls": DESK,
    "desk.tick_call_off": DESK,
    "desk.reopen_call": DESK,
    "desk.waiting": DESK,
    "desk.ask_wish": DESK,
    "desk.put_on_list": DESK,
    "desk.take_off_list": DESK,
    "desk.put_back_on_list": DESK,
    "desk.open_visits": DESK,
    "desk.finish_visit": DESK,
    "desk.undo_finish": DESK,
    "desk.messages": DESK,
    "desk.message_again": DESK,
    "desk.export_form": DESK,
    "desk.export_csv": DESK,
    "admin.colleagues": ADMINS,
    "admin.invite": ADMINS,
    "admin.role": ADMINS,
    "admin.switch": ADMINS,
    "admin.sign_out": ADMINS,
    "admin.mail_link": ADMINS,
    "admin.second_step_off": ADMINS,
    "staff.second_factor_page": EVERYBODY,
    "staff.own_passkeys": EVERYBODY,
    "staff.passkey_options": EVERYBODY,
    "staff.add_passkey": EVERYBODY,
    "staff.remove_passkey": EVERYBODY,
    "staff.turn_on": EVERYBODY,
    "staff.turn_off": EVERYBODY,
    "staff.account": EVERYBODY,
    "staff.choose_password": EVERYBODY,
    "staff.sign_out_here": EVERYBODY,
}
