"""Messages that leave the device: versioned, one package per dialect. No pixels, no track ids."""
