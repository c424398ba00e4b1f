"""Many patient-months: on all cores of a machine, in the order of their source."""
