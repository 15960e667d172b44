"""Forms, rendering, exports: between people and the domain."""
