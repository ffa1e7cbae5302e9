"""When the next news is due, by the client's contract and the calendar that it counts over."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.schema import Calendar, ConfigSet, PriorityName, SlaPolicy
from tickets.hours import add_working
from tickets.model import Priority


def policy_of(config: ConfigSet, organisation: str) -> SlaPolicy | None:
    """The SLA policy of a client, or of the house where the client has none."""
    client = config.organisations.get(organisation) or config.organisations.get(config.desk.default_organisation)
    return config.sla.get(client.sla) if client else next(iter(config.sla.values()), None)


def next_update(config: ConfigSet, organisation: str, priority: Priority, now: datetime) -> datetime:
    """Until when the reporter must have heard again.

    The minutes are working minutes of the policy's calendar, or of the clock for priorities that never sleep.
    """
    policy = policy_of(config, organisation)
    name: PriorityName = priority.value
    if policy is None or name not in policy.targets:
        return now + timedelta(minutes=config.desk.next_update_minutes[name])
    minutes = policy.targets[name].update
    calendar: Calendar | None = config.calendars.get(policy.calendar)
    if calendar is None or name in policy.around_the_clock:
        return now + timedelta(minutes=minutes)
    return add_working(calendar, now, minutes)


def outside_quiet(at: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime:
    """``at``, or the next morning where that is in the night of the person: reminders never wake anybody."""
    local = at.astimezone(ZoneInfo(zone))
    if quiet_until <= local.time() < quiet_from:
        return at
    day = local.date() + timedelta(days=1) if local.time() >= quiet_from else local.date()
    return datetime.combine(day, quiet_until, tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)
