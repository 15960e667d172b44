"""Settings, addresses and start of the site; everything a deployment may choose comes from the environment."""
