/** Names of the wanted members of Suricata's EVE lines, and the slots they are put into. */

export const E = {
  TIMESTAMP: 0,
  FLOW_ID: 1,
  EVENT_TYPE: 2,
  SRC_IP: 3,
  SRC_PORT: 4,
  DEST_IP: 5,
  DEST_PORT: 6,
  PROTO: 7,
  FLOW: 8,
  NETFLOW: 9,
  TCP: 10,
  DNS: 11,
  TLS: 12,
  HTTP: 13,
  DIRECTION: 14,
} as const;

export const EVENT_SLOTS: ReadonlyMap<string, number> = new Map(
  Object.entries(E).map(([name, slot]) => [name.toLowerCase(), slot]),
);
export const EVENT_SLOT_COUNT = EVENT_SLOTS.size;

/** Members of `flow`, `netflow` and `tcp`. */
export const C = {
  START: 0,
  END: 1,
  PKTS_TOSERVER: 2,
  PKTS_TOCLIENT: 3,
  BYTES_TOSERVER: 4,
  BYTES_TOCLIENT: 5,
  PKTS: 6,
  BYTES: 7,
  TCP_FLAGS: 8,
} as const;

export const COUNTER_SLOTS: ReadonlyMap<string, number> = new Map(
  Object.entries(C).map(([name, slot]) => [name.toLowerCase(), slot]),
);
export const COUNTER_SLOT_COUNT = COUNTER_SLOTS.size;
