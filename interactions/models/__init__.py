from interactions.models.attachment import Attachment
from interactions.models.conversation import Conversation
from interactions.models.interaction import Interaction
from interactions.models.kinds import Channel, Direction, Kind

__all__ = ["Attachment", "Channel", "Conversation", "Direction", "Interaction", "Kind"]
