"""A second factor beside the password: an authenticator app, passkeys, and recovery codes for when they are lost.

allauth.mfa does it; here are its words, who must have one, and what happens where one is lost.
"""
