"""Fee schedules: their files, loading, pricing, and importers for the files CMS ships."""
