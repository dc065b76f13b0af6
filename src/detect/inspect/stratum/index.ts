import type { Inspector } from '../inspector.js';
import { alephium } from './alephium.js';
import { decred, handshake, stratumV1 } from './bitcoin.js';
import { coinhive, webminerpool } from './browser.js';
import { btcagent } from './btcagent.js';
import { bytom, cryptonote } from './cryptonote.js';
import type { Dialect } from './dialect.js';
import { zip301 } from './equihash.js';
import { cortex, ethashStratum, ethereumStratum1, ethereumStratum2, ethproxy } from './ethereum.js';
import { epic, grin } from './grin.js';
import { ethGetwork, getblocktemplate, getwork, moneroDaemon } from './http-work.js';
import { beam, dero, hathor, ironfish, xelisGetwork } from './others.js';
import { pearl } from './pearl.js';
import { probeDirections } from './probe.js';
import { StratumReader } from './reader.js';
import {
  aeternity,
  aleo,
  ckb,
  conflux,
  ergo,
  kadena,
  kaspa,
  kawpow,
  nexa,
  sia,
  warthog,
  xelis,
} from './variants.js';

/**
 * Every dialect, in the order they are asked: the more telling shape first, the grammar that all of family A
 * share last. The dialect a session was last known by is asked before all others.
 */
export const DIALECTS = [
  beam,
  ironfish,
  alephium,
  cryptonote,
  grin,
  epic,
  bytom,
  ethproxy,
  cortex,
  btcagent,
  zip301,
  kawpow,
  ergo,
  handshake,
  decred,
  conflux,
  kaspa,
  nexa,
  ckb,
  sia,
  aleo,
  aeternity,
  warthog,
  pearl,
  ethereumStratum1,
  ethereumStratum2,
  ethashStratum,
  kadena,
  xelis,
  hathor,
  coinhive,
  webminerpool,
  dero,
  xelisGetwork,
  stratumV1,
  getwork,
  getblocktemplate,
  moneroDaemon,
  ethGetwork,
] as const satisfies readonly Dialect[];

/** All text dialects of pool protocols (docs/dialects.md). */
export const stratum: Inspector = {
  name: 'stratum',
  keepsFrames: true,
  probe: (toServer, toClient) => probeDirections(toServer, toClient),
  start: (context) => new StratumReader(context, DIALECTS),
};
