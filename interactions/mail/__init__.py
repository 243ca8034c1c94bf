"""Reading mail: bytes in, a `Message` out. No database, no clock, no network."""

from interactions.mail.message import Address, Attachment, Message, UnreadableMessage, parse_message

__all__ = ["Address", "Attachment", "Message", "UnreadableMessage", "parse_message"]
