"""Questions of dashboards; they write nothing."""
