"""What the fields of a set-up file must be to each other; a field that is faulty by itself is left alone."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from booking.actions.set_up_reading import Place, near, shown

Row = Mapping[str, Any]
TELLING = ("acupunct", "massage", "needle", "laser", "therap")


def check_together(file: Row, top: Place) -> None:
    """Note every fault that shows only when several fields are looked at together."""
    _check_clinic(file.get("clinic", {}), top.at("clinic"))
    _check_reminders(file.get("reminders", {}), top.at("reminders"))
    closures = file.get("holidays", {}).get("extra_closures", [])
    _check_distinct(closures, "date", top.at("holidays", "extra_closures"))
    for section in ("rooms", "devices", "practitioners", "services"):
        _check_distinct(file.get(section, []), "id", top.at(section))
    for index, practitioner in enumerate(file.get("practitioners", [])):
        place = top.at("practitioners", index, "shift_exceptions")
        _check_distinct(practitioner.get("shift_exceptions", []), "date", place)
    _check_devices(file, top.at("devices"))
    for index, service in enumerate(file.get("services", [])):
        _check_service(service, file, top.at("services", index))


def _check_clinic(clinic: Row, place: Place) -> None:
    grid = clinic.get("grid_minutes", 60)
    if 60 % grid:
        place.at("grid_minutes").refuse(f"is {grid}: it must divide the hour: 5, 10, 15, 20, 30 or 60")
    default, locales = clinic.get("default_locale"), clinic.get("locales")
    if default and locales and default not in locales:
        place.at("default_locale").refuse(f"is {shown(default)}: it must be one of locales")
    told = [word for word in TELLING if word in clinic.get("discreet_name", "").lower()]
    if told:
        place.at("discreet_name").refuse(f"tells of treatment ({told[0]}): subjects of mails must not")


def _check_reminders(reminders: Row, place: Place) -> None:
    begin, end = reminders.get("quiet_hours", [0, 0])
    to = reminders.get("quiet_moves_to", end)
    inside = begin <= to < end if begin <= end else not end <= to < begin
    if inside:
        place.at("quiet_moves_to").refuse("lies in the quiet hours: choose a time before they begin")


def _check_distinct(rows: list[Row], key: str, place: Place) -> None:
    seen: set[Any] = set()
    for index, row in enumerate(rows):
        value = row.get(key)
        if value in seen:
            place.at(index, key).refuse(f"is {shown(value)}, which is used already: change or remove one")
        if value is not None:
            seen.add(value)


def _check_devices(file: Row, place: Place) -> None:
    rooms = [room.get("id") for room in file.get("rooms", [])]
    for index, device in enumerate(file.get("devices", [])):
        tied = device.get("tied_to_room")
        if tied and None not in rooms and tied not in rooms:
            hint = near(tied, rooms) or ": write the id of one of the rooms"
            place.at(index, "tied_to_room").refuse(f"is {shown(tied)}, which is no room" + hint)


def _check_service(service: Row, file: Row, place: Place) -> None:
    minutes, steps = service.get("minutes"), service.get("steps")
    if minutes and steps and sum(steps) != minutes:
        place.at("steps").refuse(f"sum to {sum(steps)}: they must sum to minutes, {minutes}")
    if service.get("gst") and file.get("clinic", {}).get("gst_number") == "":
        place.at("gst").refuse("is true, but [clinic] has no gst_number: add it, receipts must show it")
    _check_needs(service.get("needs_devices", {}), file.get("devices"), place.at("needs_devices"))


def _check_needs(needs: Mapping[str, int], devices: list[Row] | None, place: Place) -> None:
    if devices is None or not all("kind" in device and "count" in device for device in devices):
        return
    units = Counter[str]()
    for device in devices:
        units[device["kind"]] += device["count"]
    for kind, wanted in needs.items():
        if kind not in units:
            hint = near(kind, units) or ": add one to [[devices]]"
            place.at(kind).refuse("is no kind of device" + hint)
        elif units[kind] < wanted:
            place.at(kind).refuse(f"is {wanted}, but there are only {units[kind]} units: change one")
