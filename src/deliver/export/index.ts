import { cef } from './cef.js';
import { csv } from './csv.js';
import { ecs } from './ecs.js';
import type { Exporter } from './exporter.js';
import { ipset } from './ipset.js';
import { jsonl } from './jsonl.js';
import { leef } from './leef.js';
import { misp } from './misp.js';
import { nftables } from './nftables.js';
import { ocsf } from './ocsf.js';
import { stix } from './stix.js';
import { suricataIprep } from './suricata-iprep.js';
import { suricataRules } from './suricata-rules.js';
import { txt } from './txt.js';
import { xlsx } from './xlsx.js';
import { zeekIntel } from './zeek-intel.js';

/** Every export format; each has a section in docs/outputs.md. */
export const EXPORTERS: readonly Exporter[] = [
  csv,
  xlsx,
  jsonl,
  txt,
  stix,
  misp,
  zeekIntel,
  suricataRules,
  suricataIprep,
  nftables,
  ipset,
  cef,
  leef,
  ecs,
  ocsf,
];

export function exporterByName(name: string): Exporter | null {
  return EXPORTERS.find((exporter) => exporter.name === name) ?? null;
}
