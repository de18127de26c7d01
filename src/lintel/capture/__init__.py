"""Where stereo pairs come from: recordings, image folders, cameras, an analytic scene."""
