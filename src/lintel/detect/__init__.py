"""From depth to heads on the floor: plan-view maps and person detectors."""
