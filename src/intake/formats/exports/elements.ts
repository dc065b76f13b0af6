/**
 * The information elements that are read (IANA "IPFIX Information Elements", shared with NetFlow v9 up to 32767) and
 * the slot of each in a template's offset table. All others are skipped by their length.
 */

/** Reverse of an IANA element in a biflow (RFC 5103 §6.1). */
const REVERSE_PEN = 29305;
/** CESNET: ipfixprobe's first payload bytes of each direction. */
export const CESNET_PEN = 8057;

/** Places in the offset table of a template. A literal, so that the compiler knows the numbers: the hot path reads them. */
export const Slot = {
  SRC_V4: 0,
  DST_V4: 1,
  SRC_V6: 2,
  DST_V6: 3,
  SRC_PORT: 4,
  DST_PORT: 5,
  UDP_SRC_PORT: 6,
  UDP_DST_PORT: 7,
  TCP_SRC_PORT: 8,
  TCP_DST_PORT: 9,
  ICMP_V4: 10,
  ICMP_V6: 11,
  PROTOCOL: 12,
  IP_VERSION: 13,
  TCP_FLAGS: 14,
  OCTETS: 15,
  PACKETS: 16,
  OUT_OCTETS: 17,
  OUT_PACKETS: 18,
  TOTAL_OCTETS: 19,
  TOTAL_PACKETS: 20,
  LAYER2_OCTETS: 21,
  INITIATOR_OCTETS: 22,
  RESPONDER_OCTETS: 23,
  INITIATOR_PACKETS: 24,
  RESPONDER_PACKETS: 25,
  REVERSE_OCTETS: 26,
  REVERSE_PACKETS: 27,
  REVERSE_TOTAL_OCTETS: 28,
  REVERSE_TOTAL_PACKETS: 29,
  BIFLOW_DIRECTION: 30,
  START_UPTIME: 31,
  END_UPTIME: 32,
  START_SECONDS: 33,
  END_SECONDS: 34,
  START_MS: 35,
  END_MS: 36,
  START_US: 37,
  END_US: 38,
  START_NS: 39,
  END_NS: 40,
  START_DELTA: 41,
  END_DELTA: 42,
  SYSTEM_INIT: 43,
  DURATION_MS: 44,
  DURATION_US: 45,
  OBSERVED_SECONDS: 46,
  OBSERVED_MS: 47,
  OBSERVED_US: 48,
  OBSERVED_NS: 49,
  SAMPLING_INTERVAL: 50,
  SAMPLER_ID: 51,
  SAMPLER_INTERVAL: 52,
  SELECTOR_ID: 53,
  SAMPLING_PACKETS: 54,
  SAMPLING_SPACE: 55,
  SAMPLING_SIZE: 56,
  SAMPLING_POPULATION: 57,
  FRAME_SIZE: 58,
  FRAME_SECTION: 59,
  IP_SECTION: 60,
  CONTENT: 61,
  REVERSE_CONTENT: 62,
  /** basicLists in the order of the template: ipfixprobe sends four of them (PSTATS). */
  LIST_1: 63,
  LIST_2: 64,
  LIST_3: 65,
  LIST_4: 66,
} as const;
export const SLOTS = Object.keys(Slot).length;
export const NO_SLOT = -1;
/** IANA basicList (RFC 6313 §4.5.1). */
export const BASIC_LIST = 291;
export const LIST_SLOTS = [Slot.LIST_1, Slot.LIST_2, Slot.LIST_3, Slot.LIST_4] as const;

const IANA: ReadonlyMap<number, number> = new Map<number, number>([
  [1, Slot.OCTETS],
  [2, Slot.PACKETS],
  [4, Slot.PROTOCOL],
  [6, Slot.TCP_FLAGS],
  [7, Slot.SRC_PORT],
  [8, Slot.SRC_V4],
  [11, Slot.DST_PORT],
  [12, Slot.DST_V4],
  [21, Slot.END_UPTIME],
  [22, Slot.START_UPTIME],
  [23, Slot.OUT_OCTETS],
  [24, Slot.OUT_PACKETS],
  [27, Slot.SRC_V6],
  [28, Slot.DST_V6],
  [32, Slot.ICMP_V4],
  [34, Slot.SAMPLING_INTERVAL],
  [48, Slot.SAMPLER_ID],
  [50, Slot.SAMPLER_INTERVAL],
  [60, Slot.IP_VERSION],
  [85, Slot.TOTAL_OCTETS],
  [86, Slot.TOTAL_PACKETS],
  [139, Slot.ICMP_V6],
  [150, Slot.START_SECONDS],
  [151, Slot.END_SECONDS],
  [152, Slot.START_MS],
  [153, Slot.END_MS],
  [154, Slot.START_US],
  [155, Slot.END_US],
  [156, Slot.START_NS],
  [157, Slot.END_NS],
  [158, Slot.START_DELTA],
  [159, Slot.END_DELTA],
  [160, Slot.SYSTEM_INIT],
  [161, Slot.DURATION_MS],
  [162, Slot.DURATION_US],
  [180, Slot.UDP_SRC_PORT],
  [181, Slot.UDP_DST_PORT],
  [182, Slot.TCP_SRC_PORT],
  [183, Slot.TCP_DST_PORT],
  [231, Slot.INITIATOR_OCTETS],
  [232, Slot.RESPONDER_OCTETS],
  [239, Slot.BIFLOW_DIRECTION],
  [298, Slot.INITIATOR_PACKETS],
  [299, Slot.RESPONDER_PACKETS],
  [302, Slot.SELECTOR_ID],
  [305, Slot.SAMPLING_PACKETS],
  [306, Slot.SAMPLING_SPACE],
  [309, Slot.SAMPLING_SIZE],
  [310, Slot.SAMPLING_POPULATION],
  [312, Slot.FRAME_SIZE],
  [313, Slot.IP_SECTION],
  [315, Slot.FRAME_SECTION],
  [322, Slot.OBSERVED_SECONDS],
  [323, Slot.OBSERVED_MS],
  [324, Slot.OBSERVED_US],
  [325, Slot.OBSERVED_NS],
  [352, Slot.LAYER2_OCTETS],
]);

const REVERSE: ReadonlyMap<number, number> = new Map<number, number>([
  [1, Slot.REVERSE_OCTETS],
  [2, Slot.REVERSE_PACKETS],
  [85, Slot.REVERSE_TOTAL_OCTETS],
  [86, Slot.REVERSE_TOTAL_PACKETS],
]);

const CESNET: ReadonlyMap<number, number> = new Map<number, number>([
  [850, Slot.CONTENT],
  [851, Slot.REVERSE_CONTENT],
]);

/** The slot of an element; `enterprise` is 0 for IANA's own. NO_SLOT where it is not read. */
export function slotOf(enterprise: number, element: number): number {
  if (enterprise === 0) return IANA.get(element) ?? NO_SLOT;
  if (enterprise === REVERSE_PEN) return REVERSE.get(element) ?? NO_SLOT;
  if (enterprise === CESNET_PEN) return CESNET.get(element) ?? NO_SLOT;
  return NO_SLOT;
}

/** Widest sensible field of a slot; a wider one is not what it says and is skipped. 0: any length. */
export function widestOf(slot: number): number {
  switch (slot) {
    case Slot.SRC_V4:
    case Slot.DST_V4:
      return 4;
    case Slot.SRC_V6:
    case Slot.DST_V6:
      return 16;
    case Slot.FRAME_SECTION:
    case Slot.IP_SECTION:
    case Slot.CONTENT:
    case Slot.REVERSE_CONTENT:
    case Slot.LIST_1:
    case Slot.LIST_2:
    case Slot.LIST_3:
    case Slot.LIST_4:
      return 0;
    default:
      return 8;
  }
}
