"""What the device may show and keep, who allowed it and until when. Rules without pixels."""
