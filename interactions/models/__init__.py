from interactions.models.attachment import Attachment
from interactions.models.conversation import Conversation
from interactions.models.deletion import Deletion
from interactions.models.erasure import ErasedRef, Erasure
from interactions.models.import_remainder import ImportRemainder
from interactions.models.interaction import Interaction
from interactions.models.kinds import Channel, Direction, Kind
from interactions.models.outgoing import Outgoing
from interactions.models.settlement import Settlement

__all__ = [
    "Attachment",
    "Channel",
    "Conversation",
    "Deletion",
    "Direction",
    "ErasedRef",
    "Erasure",
    "ImportRemainder",
    "Interaction",
    "Kind",
    "Outgoing",
    "Settlement",
]
