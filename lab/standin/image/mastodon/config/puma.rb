# Mastodon's file lies here; the stand-in's puma takes PORT, BIND, MAX_THREADS and WEB_CONCURRENCY from the environment.
