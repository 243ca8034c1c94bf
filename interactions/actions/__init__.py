"""The verbs that write the timeline."""
