/** What a miner or a pool writes that nothing else does, as Suricata matches it. */
export interface Signature {
  /** Added to the first signature id; never given to another. */
  readonly number: number;
  /** Rule of rigwatch that reads the same exchange. */
  readonly rule: string;
  readonly title: string;
  readonly to: 'server' | 'client';
  /** All of them, in any order; the first is looked for first. Plain ASCII; quoted JSON words in their quotes. */
  readonly contents: readonly [string, ...string[]];
}

/**
 * From the protocols themselves: slush0's Stratum document and BIP 310 (1–5), xmrig doc/STRATUM.md (10–12), ethproxy and
 * EthereumStratum 1 and 2 (20–24), Grin's stratum RFC (30). A word alone that another JSON-RPC service could use is
 * always joined by a second.
 */
export const SIGNATURES: readonly Signature[] = [
  {
    number: 1,
    rule: 'stratum.stratum-v1.login',
    title: 'Stratum v1 subscribe',
    to: 'server',
    contents: ['"mining.subscribe"', '"params"'],
  },
  {
    number: 2,
    rule: 'stratum.stratum-v1.login',
    title: 'Stratum v1 authorize',
    to: 'server',
    contents: ['"mining.authorize"', '"params"'],
  },
  {
    number: 3,
    rule: 'stratum.stratum-v1.mining',
    title: 'Stratum v1 share',
    to: 'server',
    contents: ['"mining.submit"', '"params"'],
  },
  {
    number: 4,
    rule: 'stratum.stratum-v1.midstream',
    title: 'Stratum v1 job',
    to: 'client',
    contents: ['"mining.notify"', '"params"'],
  },
  {
    number: 5,
    rule: 'stratum.stratum-v1.login',
    title: 'Stratum v1 version rolling',
    to: 'server',
    contents: ['"mining.configure"', '"version-rolling"'],
  },
  {
    number: 10,
    rule: 'stratum.cryptonote.login',
    title: 'CryptoNote login',
    to: 'server',
    contents: ['"login"', '"method"', '"pass"', '"agent"'],
  },
  {
    number: 11,
    rule: 'stratum.cryptonote.midstream',
    title: 'CryptoNote job',
    to: 'client',
    contents: ['"job_id"', '"blob"', '"target"'],
  },
  {
    number: 12,
    rule: 'stratum.cryptonote.mining',
    title: 'CryptoNote share',
    to: 'server',
    contents: ['"submit"', '"job_id"', '"nonce"', '"result"'],
  },
  {
    number: 20,
    rule: 'stratum.ethproxy.login',
    title: 'Ethereum proxy login',
    to: 'server',
    contents: ['"eth_submitLogin"', '"params"'],
  },
  {
    number: 21,
    rule: 'stratum.ethproxy.mining',
    title: 'Ethereum proxy share',
    to: 'server',
    contents: ['"eth_submitWork"', '"worker"'],
  },
  {
    number: 22,
    rule: 'stratum.ethereumstratum-1.login',
    title: 'EthereumStratum 1 subscribe',
    to: 'server',
    contents: ['"mining.subscribe"', 'EthereumStratum/1'],
  },
  {
    number: 23,
    rule: 'stratum.ethereumstratum-2.login',
    title: 'EthereumStratum 2 hello',
    to: 'server',
    contents: ['"mining.hello"', 'EthereumStratum/2'],
  },
  {
    number: 30,
    rule: 'stratum.grin.login',
    title: 'Grin job request',
    to: 'server',
    contents: ['"getjobtemplate"', '"method"'],
  },
];
