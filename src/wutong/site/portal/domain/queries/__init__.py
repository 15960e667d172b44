"""Questions of portals."""
