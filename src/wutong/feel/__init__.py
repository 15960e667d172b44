"""FEEL, the Friendly Enough Expression Language of OMG DMN 1.5."""
