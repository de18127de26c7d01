"""The web API of the device: routes, checks of who and what asks, streams, and its description.

It reaches neither pixels nor the pipeline: everything comes through ``lintel.device.ports``.
"""
