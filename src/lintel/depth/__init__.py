"""From stereo pairs to metric depth: calibration, rectification, matching, the floor."""
