/** Words for causes by their code. */
export const cause = {
  "cause.source_lost":
    "Look at the camera's cable, power and network; it is opened again by itself.",
  "cause.source_stalled": "The camera is there but gives no pictures: take it off power once.",
  "cause.source_ended": "The recording is over. Start again, or serve it with --loop.",
  "cause.no_lines": "Nothing to count at yet: draw a line or a zone in Set up.",
  "cause.no_floor":
    "The floor was not found yet: leave the view empty for some seconds, or give the mounting height in Set up.",
  "cause.blind": "Most of the view cannot be measured: look for dirt, a cover, glare or darkness.",
  "cause.cameras_moved": "The two cameras no longer agree with their calibration: calibrate anew.",
  "cause.too_slow":
    "Frames are dropped because counting takes longer than they come: free the processor, or lower the camera's frame rate.",
  "cause.disk_low":
    "The disk is nearly full. Free it: when nothing fits any more, the oldest tracks and events are erased to make room.",
  "cause.store_full":
    "No room to store counts: shorten what is kept in Privacy, or give the disk room.",
  "cause.store_failing":
    "Counts cannot be stored; it is tried again. Look at the disk and its mount.",
  "cause.store_recovered":
    "The store was damaged and begun anew; the damaged file lies beside it. Look at the disk.",
  "cause.events_lost":
    "Events came while nothing could be stored, more than can wait: free the disk.",
  "cause.clock_stepped": "The wall clock was set while counting. Use a time server.",
  "cause.clock_unset": "The clock is before this software was made: set it, or use a time server.",
  "cause.model_missing":
    "The learned detector is missing or broken; the classical one counts in its place. Install Lintel anew.",
  "cause.counting_failed":
    "Counting failed and was begun anew; the log has the fault. Please report it.",
  "cause.restarted":
    "The device was not stopped in an orderly way before this start: power cut or crash.",
  "cause.hot": "The processor is hot and may slow down: give the device air, or shade.",
  "cause.listeners_slow": "A page or program reads live messages too slowly and misses some.",
  "cause.certificate_ends": "The certificate ends soon or is over: install a new one in System.",
} as const;
