"""What decisions come to, for people: words and dollars of one patient-month, totals of many."""
