"""From a campaign's demands and a few facts about the supporter to the text that one person sends. Start at compose.py."""
