"""The accuracy suite: every stratum rendered with reporting seeds, counted, scored, shown.

``scoring`` works on any source; ``runner`` and ``pictures`` render and need the extra [sim].
"""
