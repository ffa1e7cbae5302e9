"""The Telegram Bot API for one bot, and the people in its private chats."""
