"""How allauth behaves here: nobody signs up, nothing is mailed, secrets are kept encrypted."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

from wutong.site.core.context import client_address
from wutong.site.core.secrets import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the system administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send nothing: the installation may be cut off from every network."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, request, level, message_template=None, *args, **kwargs) -> None:
        # "Signed in as …" on every page entered says nothing new.
        if level >= messages.WARNING or (message_template or "").startswith("mfa/"):
            super().add_message(request, level, message_template, *args, **kwargs)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, their secrets encrypted with the key of the data folder."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.MFA_TOTP_ISSUER

    def send_notification_mail(self, *args, **kwargs) -> None:
        """Send nothing."""

    def can_delete_authenticator(self, authenticator) -> bool:
        """Staff keep their second factor; the security administrator resets a lost one."""
        return not (settings.MFA_REQUIRED and authenticator.user.is_staff_member)
