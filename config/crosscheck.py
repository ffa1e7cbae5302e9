"""Checks that what the operator's files name exists: services, teams, calendars, policies, categories."""

from collections.abc import Iterable, Mapping, Sequence

from config.calendarfiles import known_zone
from config.schema import ConfigSet, Rule, Signal, When
from config.shapes import meant
from config.yamlfiles import Document, Where

CHANNELS = ("whatsapp", "mail", "web", "api", "alert", "telegram")


def check_references(config: ConfigSet, documents: Mapping[str, Document], calendars: Sequence[str]) -> None:
    """Tell each document which of its names do not exist; ``calendars`` are the codes of all calendar files.

    A file that could not be read names nothing, and would make every reference to it look wrong; such are left out.
    """
    _check_services(config, documents)
    _check_teams(config, documents, calendars)
    _check_organisations(config, documents)
    _check_sla(config, documents, calendars)
    _check_rules(config, documents)
    _check_desk(config, documents)


def _name(document: Document, where: Where, what: str, word: str | None, known: Iterable[str]) -> None:
    names = list(known)
    if word is not None and names and word not in names:
        document.complain(where, f"no {what} has the name {word!r}{meant(word, names)}")


def _declared(document: Document, section: str) -> tuple[str, ...]:
    """The codes that a file declares, those with faults in them included."""
    value = document.value
    entries = value.get(section) if isinstance(value, dict) else None
    return tuple(entries) if isinstance(entries, dict) else ()


def _check_services(config: ConfigSet, documents: Mapping[str, Document]) -> None:
    document, teams = documents["services"], _declared(documents["teams"], "teams")
    services = _declared(document, "services")
    categories = _declared(documents["rules"], "categories")
    for code, service in config.services.items():
        where = ("services", code)
        _name(document, (*where, "team"), "team", service.team, teams)
        _name(document, (*where, "category"), "category", service.category, categories)
        for index, affected in enumerate(service.affects):
            _name(document, (*where, "affects", index), "service", affected, services)


def _check_teams(config: ConfigSet, documents: Mapping[str, Document], calendars: Sequence[str]) -> None:
    document = documents["teams"]
    for code, team in config.teams.items():
        _name(document, ("teams", code, "calendar"), "calendar", team.calendar, calendars)
        _name(document, ("teams", code, "escalates_to"), "team", team.escalates_to, _declared(document, "teams"))
        if team.escalates_to == code:
            document.complain(("teams", code, "escalates_to"), "a team cannot escalate to itself")


def _check_organisations(config: ConfigSet, documents: Mapping[str, Document]) -> None:
    document = documents["organisations"]
    domains: dict[str, str] = {}
    for code, organisation in config.organisations.items():
        where = ("organisations", code)
        _name(document, (*where, "sla"), "policy", organisation.sla, _declared(documents["sla"], "policies"))
        if organisation.timezone is not None and not known_zone(organisation.timezone):
            document.complain((*where, "timezone"), f"timezone: {organisation.timezone!r} is not known")
        for index, domain in enumerate((*organisation.domains, *organisation.phones)):
            if domain in domains:
                document.complain((*where, "domains", index), f"{domain!r} belongs to {domains[domain]!r} already")
            domains[domain] = code


def _check_sla(config: ConfigSet, documents: Mapping[str, Document], calendars: Sequence[str]) -> None:
    document = documents["sla"]
    for code, policy in config.sla.items():
        where = ("policies", code)
        _name(document, (*where, "calendar"), "calendar", policy.calendar, calendars)
        for priority in ("P1", "P2", "P3"):
            if priority not in policy.targets:
                document.complain((*where, "targets"), f"{code}: {priority} has no targets")
        for name, target in policy.targets.items():
            figures = (target.response, target.update, target.restore, target.resolve)
            if min(figures) < 1 or target.restore > target.resolve:
                document.complain(
                    (*where, "targets", name), "minutes are 1 or more, and restore is not later than resolve"
                )


def _check_rules(config: ConfigSet, documents: Mapping[str, Document]) -> None:
    document = documents["rules"]
    teams, categories = _declared(documents["teams"], "teams"), _declared(document, "categories")
    for code, category in config.categories.items():
        _name(document, ("categories", code, "team"), "team", category.team, teams)
    _name(document, ("fallback", "team"), "team", config.fallback.team, teams)
    _name(document, ("fallback", "category"), "category", config.fallback.category, categories)
    places = _places(document)
    for rule in config.rules:
        where = places[rule.id, "rules"]
        _name(document, (*where, "team"), "team", rule.team, teams)
        _name(document, (*where, "category"), "category", rule.category, categories)
        _name(document, (*where, "service"), "service", rule.service, _declared(documents["services"], "services"))
        _check_when(document, rule, (*where, "when"), documents)
    for signal in config.signals:
        _check_when(document, signal, (*places[signal.id, "signals"], "when"), documents)


def _places(document: Document) -> dict[tuple[str, str], Where]:
    """Where each rule and signal stands in its list, by id."""
    found: dict[tuple[str, str], Where] = {}
    for section in ("rules", "signals"):
        for index, entry in enumerate(document.value.get(section) or [] if isinstance(document.value, dict) else []):
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                found.setdefault((entry["id"], section), (section, index))
    return found


def _check_when(document: Document, entry: Rule | Signal, where: Where, documents: Mapping[str, Document]) -> None:
    when: When = entry.when
    for group in ("any", "all", "none"):
        for index, clause in enumerate(getattr(when, group)):
            place = (*where, group, index)
            for service in clause.services:
                _name(document, place, "service", service, _declared(documents["services"], "services"))
            for organisation in clause.organisations:
                known = _declared(documents["organisations"], "organisations")
                _name(document, place, "organisation", organisation, known)
            for channel in clause.channels:
                _name(document, place, "channel", channel, CHANNELS)


def _check_desk(config: ConfigSet, documents: Mapping[str, Document]) -> None:
    document, desk = documents["desk"], config.desk
    _name(document, ("shared_team",), "team", desk.shared_team, _declared(documents["teams"], "teams"))
    known = _declared(documents["organisations"], "organisations")
    _name(document, ("default_organisation",), "organisation", desk.default_organisation, known)
    for key in ("offer_timeout_minutes", "p1_offer_timeout_minutes", "burst_seconds", "confirm_lapse_hours"):
        if getattr(desk, key) < 1:
            document.complain((key,), f"{key}: must be 1 or more")
    if desk.confirm_lapse_hours <= desk.confirm_reminder_hours:
        document.complain(("confirm_lapse_hours",), "confirm_lapse_hours: must be later than the reminder")
