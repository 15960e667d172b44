"""The web platform: one Django process over the engine. Extra ``wutong[site]``; nothing else imports it."""
