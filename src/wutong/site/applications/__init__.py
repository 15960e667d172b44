"""Applications (申报): a company asks for what data alone do not decide."""
