"""Dashboards: the zone at a glance, and the big screen."""
