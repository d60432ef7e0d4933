"""The day that a GPU is lent: fifteen minutes in two calls, prepared, rehearsed and checked."""
