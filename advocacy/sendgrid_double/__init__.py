"""A stand-in for SendGrid: an own small program, stricter than the real thing. `program.run` starts it.

It imports nothing else of ours, so that a mistake in the product cannot hide in it. What the documents of the real
service leave open is a switch (`account.Switches`).
"""
