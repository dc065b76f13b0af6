import { type Phrase, type PhraseValue, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { formatTime } from '../../../base/time.js';
import type { Evidence, EvidenceGroup, Strength } from '../../../model/evidence.js';
import type { Endpoint, FlowRecord } from '../../../model/flow.js';
import type { Observation } from '../../../model/observation.js';
import type { EndpointBasis, EndpointRule, RuleSet, WeighingRule } from '../../../model/rule.js';
import { type Contact, weighContact } from '../kinds/endpoint.js';

/** Lighter than this is not worth a line. */
const MIN_WEIGHT = 0.05;
/** The least that may be called strong. */
const STRONG_FROM = 2;

/** Whom a fact is about, and where it was seen. */
export interface Scene {
  readonly observation: Observation;
  readonly suspect: Endpoint;
  readonly peer: Endpoint | null;
  readonly session: string | null;
  readonly encrypted: boolean;
  readonly bothDirections: boolean;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Who is suspected of what was seen: the client, unless the caller says otherwise. */
export function sceneOf(
  observation: Exclude<Observation, FlowRecord> | (FlowRecord & { readonly timeUs: number }),
  seen: Pick<Scene, 'session' | 'bothDirections'> & Partial<Pick<Scene, 'encrypted' | 'firstUs' | 'lastUs'>>,
): Scene {
  const { client, server, timeUs } = observation;
  return {
    observation,
    suspect: client,
    peer: server,
    encrypted: false,
    firstUs: timeUs,
    lastUs: timeUs,
    ...seen,
  };
}

export function evidenceOf(
  rule: Pick<WeighingRule, 'item' | 'strength'> & { readonly id: string },
  weight: number,
  scene: Scene,
  said: { readonly host: string | null; readonly excerpt: string | Phrase; readonly count?: number },
): Evidence {
  return {
    rule: rule.id,
    item: rule.item,
    group: rule.item[0] as EvidenceGroup,
    strength: rule.strength,
    weight,
    suspect: scene.suspect.ip,
    peer: scene.peer,
    host: said.host === null ? null : printable(said.host, 253),
    session: scene.session,
    bothDirections: scene.bothDirections,
    encrypted: scene.encrypted,
    count: said.count ?? 1,
    firstUs: scene.firstUs,
    lastUs: scene.lastUs,
    excerpt: printable(said.excerpt.toString()),
    origin: scene.observation.origin,
  };
}

/** Gives contacts with listed endpoints their weight: group E. */
export class EndpointWeigher {
  readonly #guards: RuleSet['guards'];
  readonly #byBasis = new Map<EndpointBasis, EndpointRule[]>();

  constructor(rules: RuleSet) {
    this.#guards = rules.guards;
    for (const rule of rules.rules)
      if (rule.kind === 'endpoint')
        this.#byBasis.set(rule.basis, [...(this.#byBasis.get(rule.basis) ?? []), rule]);
  }

  /** `how`: what was seen, in a few words, for the excerpt. */
  weigh(basis: EndpointBasis, contact: Contact, host: string | null, how: Phrase, scene: Scene): Evidence[] {
    const found: Evidence[] = [];
    for (const rule of this.#byBasis.get(contact.use === 'web-miner' ? 'web-miner' : basis) ?? []) {
      const weight = weighContact(rule, contact, this.#guards);
      if (weight < MIN_WEIGHT) continue;
      const strength: Strength = weight >= STRONG_FROM ? rule.strength : 'weak';
      const weighed = { ...rule, strength };
      found.push(evidenceOf(weighed, round(weight), scene, { host, excerpt: provenance(how, contact) }));
    }
    return found;
  }
}

/** Weights are printed and summed: three decimals are more than is known. */
function round(weight: number): number {
  return Math.round(weight * 1000) / 1000;
}

function provenance(how: Phrase, { row, exclusivity, namesOther, answered }: Contact): Phrase {
  const day = row.lastUs === null ? phrase`no date` : (formatTime(row.lastUs - 1) ?? '').slice(0, 10);
  const who = row.operator === null ? row.host : `${row.host} (${row.operator})`;
  const listed = phrase`${how}; listed as ${`${row.role} ${who}`} by ${namedSources(row)}, ${day}`;
  const percent = Math.round(exclusivity * 100);
  const told =
    exclusivity < 1 ? phrase`${listed}, ${percent} % of the address's names are this pool's` : listed;
  const named = namesOther === true ? phrase`${told}; the connection names another host` : told;
  return answered ? named : phrase`${named}; not answered`;
}

/** The first two sources, and how many more: `rules explain` names them all. */
function namedSources(row: Contact['row']): PhraseValue {
  if (row.source === '') return row.file;
  const sources = row.source.split(';');
  const more = sources.length - 2;
  const named = sources.slice(0, 2).join(', ');
  return more > 0 ? phrase`${named} and ${more} more` : named;
}
