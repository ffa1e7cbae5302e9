"""Twilio as a WhatsApp customer of it sees it: REST resources, content, media, webhooks and callbacks."""
