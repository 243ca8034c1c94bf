from customers.models.commitment import Commitment
from customers.models.contact_point import ContactPoint
from customers.models.custom_field import CustomField
from customers.models.customer import Customer
from customers.models.goal import CheckIn, Goal
from customers.models.merge import Merge

__all__ = ["CheckIn", "Commitment", "ContactPoint", "CustomField", "Customer", "Goal", "Merge"]
