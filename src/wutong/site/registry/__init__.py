"""Companies of a zone and the facts known of them."""
