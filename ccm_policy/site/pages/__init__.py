"""One file for each kind of page; each has a function that gives the pages."""
