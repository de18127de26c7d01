"""What an installer asks before drilling: covered floor, errors, lines, sensors for a hall."""
