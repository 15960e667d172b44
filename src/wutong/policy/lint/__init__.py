"""Linting policy packs: what is wrong with a rule, told before a company is judged by it."""

from wutong.policy.lint.figures import Outlook
from wutong.policy.lint.run import Linted, lint, lint_policy

__all__ = ["Linted", "Outlook", "lint", "lint_policy"]
