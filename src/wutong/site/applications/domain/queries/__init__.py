"""Questions of applications."""
