"""Version 1 of the messages of the web API, as frozen msgspec structs.

Times are aware UTC; lengths are metres, durations seconds; what was not measured is null.
"""
