"""Turns the stored reasons of a decision into sentences that a lead or a client can read.

Events keep codes, ids and figures only; the words come from the files of the operator and from the tables here. What a
file no longer knows is named by its code.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.schema import Bilingual, ConfigSet

Names = Mapping[str, str]

_LEVELS: Final = {
    "high": Bilingual(id="tinggi", en="high"),
    "medium": Bilingual(id="sedang", en="medium"),
    "low": Bilingual(id="rendah", en="low"),
}
_WHAT: Final = {
    "impact": Bilingual(id="Dampak", en="Impact"),
    "urgency": Bilingual(id="Kemendesakan", en="Urgency"),
    "both": Bilingual(id="Dampak dan kemendesakan", en="Impact and urgency"),
}
_STEPS: Final = {
    "start": Bilingual(id="{what} mulai dari {to} ({of}).", en="{what} starts at {to} ({of})."),
    "criticality": Bilingual(
        id="{what} naik ke {to}: layanan {of} sangat penting.", en="{what} rises to {to}: the service {of} is critical."
    ),
    "signal": Bilingual(id="{what} menjadi {to}: {of}", en="{what} becomes {to}: {of}"),
    "kind": Bilingual(id="{what} {to}: ini bukan gangguan.", en="{what} {to}: this is not an incident."),
}
_MATRIX: Final = Bilingual(
    id="Dampak {impact} dan kemendesakan {urgency} berarti {matrix}.",
    en="Impact {impact} and urgency {urgency} mean {matrix}.",
)
_HELD: Final = Bilingual(
    id="Baru satu orang yang menyebutnya, jadi {priority} dulu; petugas memastikan apakah ini P1.",
    en="Only one person says so yet, so it is {priority} for now; somebody confirms whether it is a P1.",
)
_FALLBACK: Final = Bilingual(id="nilai cadangan", en="the fallback")
_RULE: Final = Bilingual(id="aturan {of}", en="the rule {of}")
_NO_RULE: Final = Bilingual(id="Tidak ada aturan yang cocok.", en="No rule matched.")
_MATCHED: Final = Bilingual(id="Aturan {rule}: {why}", en="Rule {rule}: {why}")
_SHARED: Final = Bilingual(
    id="Tim {wanted} belum punya anggota, jadi {team} yang mengambil.",
    en="The team {wanted} has no members, so {team} takes it.",
)
_CHOSEN: Final = {
    "fewest_open": Bilingual(id="{name} dipilih: laporan terbukanya paling sedikit.", en="{name} has the fewest open."),
    "longest_idle": Bilingual(
        id="{name} dipilih: jumlahnya sama, tetapi paling lama tidak mendapat laporan.",
        en="{name} has as few open as others, and was idle longest.",
    ),
    "only_one": Bilingual(
        id="{name} dipilih: satu-satunya yang tersedia dan masih sanggup.",
        en="{name} is the only one available with a hand free.",
    ),
    "on_call": Bilingual(
        id="Di luar jam kerja dan P1, jadi petugas jaga {name} yang dihubungi.",
        en="Outside working hours and a P1, so {name}, who is on call, is paged.",
    ),
    "person": Bilingual(id="Ditunjuk oleh seseorang, bukan oleh aturan.", en="Chosen by a person, not by rule."),
    "nobody": Bilingual(
        id="Tidak ada yang tersedia; ketua tim diberi tahu.", en="Nobody is available; the lead is told."
    ),
    "outside_hours": Bilingual(
        id="Di luar jam kerja; ditawarkan lagi {opens}.", en="Outside working hours; offered again {opens}."
    ),
}
_WHY_NOT: Final = {
    "passed": Bilingual(id="sudah melewatkannya", en="has passed it on"),
    "not_linked": Bilingual(id="Telegramnya belum tersambung", en="Telegram is not linked"),
    "not_available": Bilingual(id="tidak sedang bertugas", en="is not available"),
    "full": Bilingual(id="sudah penuh ({open} dari {capacity})", en="is full ({open} of {capacity})"),
    "more_open": Bilingual(id="memegang lebih banyak ({open})", en="has more open ({open})"),
    "less_idle": Bilingual(id="baru saja mendapat laporan", en="was idle for less time"),
}


def explain(
    reasons: Mapping[str, Any], config: ConfigSet, language: str, *, names: Names | None = None
) -> tuple[str, ...]:
    """Sentences for the reasons that an event holds (``why``), in order; ``names`` maps account ids to names."""
    sentences: list[str] = []
    if "rules" in reasons:
        sentences += explain_rules(reasons["rules"], config, language)
    if isinstance(reasons.get("rating"), Mapping):
        sentences += explain_rating(reasons["rating"], config, language)
    if "chosen_by" in reasons:
        sentences += explain_choice(reasons, config, language, names=names or {})
    return tuple(sentences)


def explain_rules(rules: Sequence[str], config: ConfigSet, language: str) -> list[str]:
    """A sentence per rule that matched."""
    known = {rule.id: rule.why.in_language(language) for rule in config.rules}
    if not rules:
        return [_NO_RULE.in_language(language)]
    return [_MATCHED.in_language(language).format(rule=rule, why=known.get(rule, rule)) for rule in rules]


def explain_rating(rating: Mapping[str, Any], config: ConfigSet, language: str) -> list[str]:
    """How impact and urgency came about, and what the matrix made of them."""
    sentences = [_step(step, config, language) for step in rating.get("steps", ())]
    sentences.append(
        _MATRIX.in_language(language).format(
            impact=_level(rating["impact"], language),
            urgency=_level(rating["urgency"], language),
            matrix=rating["matrix"],
        )
    )
    if rating.get("held_at_p2"):
        sentences.append(_HELD.in_language(language).format(priority=rating["priority"]))
    return sentences


def explain_choice(choice: Mapping[str, Any], config: ConfigSet, language: str, *, names: Names) -> list[str]:
    """Who was chosen, and for each of the others why not."""
    sentences: list[str] = []
    team, wanted = choice.get("team"), choice.get("wanted_team")
    if team and wanted and team != wanted:
        both = {"team": _team(team, config, language), "wanted": _team(wanted, config, language)}
        sentences.append(_SHARED.in_language(language).format(**both))
    chosen = choice.get("account")
    opens = _moment(choice.get("opens_at"), team, config)
    template = _CHOSEN.get(choice["chosen_by"])
    if template:
        name = names.get(chosen, chosen) if chosen else ""
        sentences.append(template.in_language(language).format(name=name, opens=opens))
    for candidate in choice.get("candidates", ()):
        why_not = _WHY_NOT.get(candidate.get("why_not") or "")
        if why_not and candidate["account"] != chosen:
            name = names.get(candidate["account"], candidate["account"])
            said = why_not.in_language(language).format(open=candidate["open"], capacity=candidate["capacity"])
            sentences.append(f"{name}: {said}.")
    return sentences


def _step(step: Mapping[str, str], config: ConfigSet, language: str) -> str:
    return (
        _STEPS[step["because"]]
        .in_language(language)
        .format(
            what=_WHAT[step["level"]].in_language(language),
            to=_level(step["to"], language),
            of=_source(step["because"], step["of"], config, language),
        )
    )


def _source(because: str, code: str, config: ConfigSet, language: str) -> str:
    """What a step's code stands for, in words."""
    if because == "signal":
        return next((one.why.in_language(language) for one in config.signals if one.id == code), code)
    if because == "criticality":
        service = config.services.get(code)
        return service.name.in_language(language) if service else code
    if because == "start":
        return (_FALLBACK if code == "fallback" else _RULE).in_language(language).format(of=code)
    return code


def _level(level: str, language: str) -> str:
    found = _LEVELS.get(level)
    return found.in_language(language) if found else level


def _team(code: str, config: ConfigSet, language: str) -> str:
    found = config.teams.get(code)
    return found.name.in_language(language) if found else code


def _moment(text: Any, team: Any, config: ConfigSet) -> str:
    """A stored UTC moment on the clock of the team's calendar."""
    if not isinstance(text, str):
        return ""
    found = config.teams.get(team)
    calendar = config.calendars.get(found.calendar) if found else None
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(calendar.timezone if calendar else "UTC"))
    return local.strftime("%Y-%m-%d %H.%M %Z")
