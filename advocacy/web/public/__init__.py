"""The supporters' pages. Each works without a script, and a link in a mail changes nothing until a button is pressed."""
