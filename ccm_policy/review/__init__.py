"""What a change of the policies changes: in their text, in rates, for patients and in dollars."""
