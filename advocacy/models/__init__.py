"""What is stored: tables and the named queries about them. Nothing here commits."""

from advocacy.models import blast, campaign, installation, organiser, single_mail, supporter

__all__ = ["blast", "campaign", "installation", "organiser", "single_mail", "supporter"]
