"""The command line `wutong`."""
