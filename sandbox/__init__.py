"""A local Twilio and a local Telegram on their wire protocols, and one page to play every part."""
