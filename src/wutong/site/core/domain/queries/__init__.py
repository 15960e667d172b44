"""Reading: who may see what, and the questions pages ask."""
