"""Where somebody is signed in, as allauth.usersessions keeps it, and when a session without activity ends."""
