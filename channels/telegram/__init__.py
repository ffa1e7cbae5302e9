"""Telegram: where agents work. Updates become commands, notices become cards; nothing is decided here."""
