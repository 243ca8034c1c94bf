"""The pages on which administrators say who the firm is, when it is open and what its limits are."""
