"""From detections to people followed in metres."""
