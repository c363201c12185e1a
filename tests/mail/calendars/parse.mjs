// Reads calendar files from a JSON list on stdin with Thunderbird's parser, and tells of each what
// tests/mail/parsers.py asks for.
import ICAL from "ical.js";

function told(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent");
  const event = new ICAL.Event(events[0], { strictExceptions: true });
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: events.length,
    uid: event.uid,
    sequence: event.sequence,
    starts: event.startDate.toJSDate().toISOString(),
    ends: event.endDate.toJSDate().toISOString(),
    summary: event.summary,
    description: event.description,
    status: events[0].getFirstPropertyValue("status"),
    secrecy: events[0].getFirstPropertyValue("class"),
    attendees: event.attendees.map((one) => one.getFirstValue()),
  };
}

let input = "";
for await (const part of process.stdin) input += part;
process.stdout.write(JSON.stringify(JSON.parse(input).map(told)));
