"""Reminders: who is told what, on which business day, and why; composed, sent once, and rehearsed beforehand.

    from projects.reminders.facts import Facts, Kind, Person, Place, load
        load(first: date, last: date) -> Facts                  # 16 queries, for everybody
    from projects.reminders.plan import DayPlan, Gap, plan, rehearse
        plan(facts, day) -> DayPlan                             # .messages, .held (address refuses mail), .gaps (post nobody holds)
        rehearse(first_day, days=14) -> Iterator[DayPlan]       # business days alone, as if each message had been sent
    from projects.reminders.message import Line, Message, Reason, section_of
        Message: .person (Person), .day, .lines (list[Line]), .named() (the lines that it says; the others stay due)
        Line: .kind (Kind.*), .reason (Reason.*, why this person), .code, .item (task's or commitment's), .item_kind, .title,
              .language, .agencies (tuple[Place]), .step (rung), .due, .light_due, .occasion
    from projects.reminders.compose import Composed, compose, when
        compose(message, texts, anchor: DailyAnchor | None) -> Composed   # .subject, .text, .html
        when(line, day) -> str                                  # "3 days late; it was due on …", in the language in force
    from projects.reminders.texts import LANGUAGES, PLACEHOLDERS, TEXTS, default, in_use, wrong
        TEXTS[key]: .label, .default, .names (its placeholders), .is_one_line;  in_use() -> {(key, language): text}
        wrong(key, text) -> str                                 # "" or what speaks against it, for the form
    from projects.reminders.sending import Run, rehearse_person, send_day, send_test
        send_test(person: User, message) -> Outcome             # to oneself: .fate (Fate.SENT, …), .detail; nothing is recorded
        rehearse_person(person: User, first_day, days=14) -> list[Message]
    from projects.actions import edit_text, pause_reminders, resume_reminders
        pause_reminders(task_or_commitment, *, by, reason, until) -> Pause;  resume_reminders(task_or_commitment, *, by)
        edit_text(key, language, text, *, by, revision) -> MessageText   # "" brings the default back
    from focalpoints.actions import set_rhythm
        set_rhythm(person, "daily" | "weekly", *, by)
    from projects.models import DailyAnchor, DailyMessage, MessageItem, MessageText, Pause
        DailyMessage.objects.in_trouble(): unknown, refused, failed and faulty;  .items: what was said

A pause of a commitment silences its tasks too; `until` is the day on which the reminders start again.
"""
