/** English words for fields where those of the site file's schema are for who writes TOML. */
export const site: Record<string, readonly [string, string]> = {
  "uturn.policy": [
    "Who crosses and comes back",
    "Counts twice, or not at all when they come back soon and near.",
  ],
  "uturn.within_s": ["Back within", "Time after the first crossing."],
  "uturn.within_m": ["No further than", "Distance beyond the line."],
  "zone.use": [
    "Use",
    "In a queue waiting times are told, and the level of service is that of a queue.",
  ],
  "alarm.kind": ["Kind", "What it tells of."],
  "attributes.gender": [
    "Gender",
    "A device estimates it by the switch in Privacy alone; here it stays off.",
  ],
};
