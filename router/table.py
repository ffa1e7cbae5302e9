"""Every action of the desk: its name, who may do it, and the function that decides it."""

from collections.abc import Mapping

from router.act import Handler, Who
from router.actions import closing, offers, triage, work

ACTIONS: Mapping[str, tuple[Who, Handler]] = {
    # Offers.
    "accept": (Who.OFFERED, offers.accept),
    "pass": (Who.OFFERED, offers.pass_on),
    "transfer": (Who.WORKER, offers.transfer),
    "escalate": (Who.WORKER, offers.escalate),
    "assign": (Who.LEAD, offers.assign),
    "acknowledge": (Who.ANYONE, offers.acknowledge),
    # Work.
    "start": (Who.WORKER, work.start),
    "reply": (Who.WORKER, work.reply),
    "note": (Who.ANYONE, work.note),
    "workaround": (Who.WORKER, work.workaround),
    "relapse": (Who.WORKER, work.relapse),
    "wait": (Who.WORKER, work.wait),
    "resume": (Who.WORKER, work.resume),
    "resolve": (Who.WORKER, work.resolve),
    "check": (Who.WORKER, work.check),
    "verify": (Who.WORKER, work.verify),
    "fail_verification": (Who.WORKER, work.fail_verification),
    "record_confirmation": (Who.WORKER, closing.record_confirmation),
    "witness": (Who.ANYONE, closing.witness),
    # Triage.
    "set_service": (Who.WORKER, triage.set_service),
    "set_levels": (Who.WORKER, triage.set_levels),
    "p1": (Who.ANYONE, triage.p1),
    "not_p1": (Who.ANYONE, triage.not_p1),
    "not_an_incident": (Who.WORKER, triage.not_an_incident),
    "cancel": (Who.WORKER, triage.cancel),
    "merge": (Who.WORKER, triage.merge),
    "unmerge": (Who.LEAD, triage.unmerge),
    # The reporter.
    "confirm": (Who.REPORTER, closing.confirm),
    "deny": (Who.REPORTER, closing.deny),
    "not_yet": (Who.REPORTER, closing.not_yet),
    "contradiction": (Who.REPORTER, closing.contradiction),
    "score": (Who.REPORTER, closing.score),
    "reporter_says_works": (Who.REPORTER, closing.reporter_says_works),
    "object": (Who.REPORTER, closing.object_to),
    "choose_service": (Who.REPORTER, triage.choose_service),
    "all_stopped": (Who.REPORTER, triage.all_stopped),
    # The clock.
    "offer_expired": (Who.DESK, offers.offer_expired),
    "offer_again": (Who.DESK, offers.offer_again),
    "page_again": (Who.DESK, offers.page_again),
    "took_over": (Who.DESK, work.took_over),
    "undelivered": (Who.DESK, work.undelivered),
    "promise": (Who.DESK, work.promise),
    "waiting_over": (Who.DESK, work.waiting_over),
    "confirm_remind": (Who.DESK, closing.confirm_remind),
    "confirm_lapse": (Who.DESK, closing.confirm_lapse),
}

# What has no arrow of its own in the lifecycle and makes sense only while a ticket is open.
ONLY_OPEN = frozenset(
    {
        "acknowledge",
        "all_stopped",
        "assign",
        "choose_service",
        "escalate",
        "not_p1",
        "p1",
        "set_levels",
        "set_service",
        "transfer",
    }
)
