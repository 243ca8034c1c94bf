"""Read mail: bytes to a `Message`, without database, clock or network."""

from interactions.mail.message import Address, Attachment, Message, UnreadableMessage, parse_message

__all__ = ["Address", "Attachment", "Message", "UnreadableMessage", "parse_message"]
