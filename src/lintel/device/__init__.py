"""The device: one sensor that runs for years. Service, web API, privacy modes, preview."""
