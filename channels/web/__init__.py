"""The web channel: the form, the tracking page, the JSON API and the health pages."""
