"""What is written for authors: first policies from questions in plain words."""
