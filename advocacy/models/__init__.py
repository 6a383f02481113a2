"""What is stored: tables and the named queries about them. Nothing here commits."""

from advocacy.models import blast, campaign, draft, installation, manuscript, organiser, reply, single_mail, supporter

__all__ = ["blast", "campaign", "draft", "installation", "manuscript", "organiser", "reply", "single_mail", "supporter"]
