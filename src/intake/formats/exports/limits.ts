/** Bounds of what exporters may make us keep. UDP comes from anyone: every table has one. */

/** Exporters known at a time; the one longest silent is forgotten for a new one. */
export const MAX_EXPORTERS = 4096;
/** Observation domains (source ids, engines, sFlow agents) of one exporter. */
export const MAX_DOMAINS = 256;
export const MAX_TEMPLATES_PER_DOMAIN = 1024;
/** Templates of all exporters together; beyond, the exporter longest silent is forgotten. */
export const MAX_TEMPLATES = 16384;
/** Fields of one template; the longest genuine ones seen have about 60. */
export const MAX_TEMPLATE_FIELDS = 512;
/** Sampler ids of one domain. */
export const MAX_SAMPLERS = 1024;

/** Data that came before its template, of one exporter and of all. */
export const MAX_HELD_BYTES = 1024 * 1024;
export const MAX_HELD_SETS = 2048;
export const MAX_HELD_BYTES_IN_ALL = 32 * 1024 * 1024;
/** Huawei announces templates every 30 minutes unless told otherwise; longer waits are in vain. */
export const MAX_HELD_US = 30 * 60 * 1e6;

/** Samples in one sFlow datagram, and records in one sample. */
export const MAX_SFLOW_SAMPLES = 1024;
export const MAX_SFLOW_RECORDS = 64;
