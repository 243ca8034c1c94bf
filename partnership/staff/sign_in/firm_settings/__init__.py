"""How the firm's staff sign in, as an administrator sets it."""
