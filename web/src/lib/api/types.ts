/** The messages of /api/v1, as lintel.wire.v1 writes them. Times are ISO 8601 in UTC. */

export * from "./wire/health";
export * from "./wire/history";
export * from "./wire/live";
export * from "./wire/setting";
