"""Whether the addresses of the sources still answer: asking politely, and keeping what came back."""
