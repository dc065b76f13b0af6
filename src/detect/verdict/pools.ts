import { formatEndpoint } from '../../base/ip.js';
import type { Endpoint } from '../../model/flow.js';
import type { SuspectSession, VerdictPool } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { rewardAddress } from './estimates/reward.js';
import type { Item } from './items.js';
import { compareText } from './numbers.js';

const MAX_POOLS = 256;

interface Contact {
  readonly peer: Endpoint;
  host: string | null;
  tls: boolean;
  sessions: number;
  /** Texts of the coinbases of its jobs. */
  readonly texts: Set<string>;
  reward: string | null;
}

/** The servers of the suspicion, the most visited first, with what the rule files know of them. */
export function poolsOf(
  sessions: readonly SuspectSession[],
  positive: readonly Item[],
  context: FuseContext,
): VerdictPool[] {
  const contacts = new Map<string, Contact>();
  const contactOf = (peer: Endpoint) => {
    const key = formatEndpoint(peer.ip, peer.port);
    const known = contacts.get(key) ?? {
      peer,
      host: null,
      tls: false,
      sessions: 0,
      texts: new Set(),
      reward: null,
    };
    contacts.set(key, known);
    return known;
  };
  for (const session of sessions) {
    const contact = contactOf(session.peer);
    contact.host = firstName(contact.host, session.host);
    contact.tls ||= session.tls;
    contact.sessions++;
    for (const text of session.clues?.texts ?? []) contact.texts.add(text);
    contact.reward = firstName(contact.reward, rewardAddress(session.clues, context.estimates));
  }
  for (const { evidence } of positive) {
    // A look-up's peer is the resolver.
    if (evidence.peer === null || evidence.item === 'E9') continue;
    const contact = contactOf(evidence.peer);
    contact.host = firstName(contact.host, evidence.host);
    contact.tls ||= evidence.encrypted;
  }
  return [...contacts.entries()]
    .sort(([a, { sessions: m }], [b, { sessions: n }]) => n - m || compareText(a, b))
    .slice(0, MAX_POOLS)
    .map(([, { peer, host, tls, texts, reward }]) => {
      const known = context.poolOf({ ...peer, ...(host === null ? {} : { host }) });
      const signer = signerOf(texts, context);
      return {
        address: peer.ip,
        port: peer.port,
        host: host ?? known?.host ?? null,
        operator: known?.operator ?? signer,
        country: known?.country ?? null,
        tls,
        ...(reward === null ? {} : { rewardAddress: reward }),
        ...(known?.operator == null && signer !== null ? { operatorBasis: 'coinbase-text' } : {}),
      };
    });
}

/** The pool that signs the coinbases, also where a proxy or an address that no list knows hands its jobs on. */
function signerOf(texts: ReadonlySet<string>, { estimates }: FuseContext): string | null {
  const all = [...texts];
  return estimates.coinbaseTexts.find(({ text }) => all.some((one) => one.includes(text)))?.operator ?? null;
}

/** Of two names the same one, whatever order they come in. */
function firstName(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareText(a, b) <= 0 ? a : b;
}
