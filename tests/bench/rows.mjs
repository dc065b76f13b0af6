/** What benches of the database save of one miner: a session and the verdict on it. */

export const START_US = 1_625_278_269_120_000;
const ROLES = { login: 1, loginAccepted: 1, job: 4, share: 3, shareLinked: 3, shareAccepted: 3 };
const COINS = [{ ticker: 'XMR', basis: 'handshake', confidence: 0.99 }];

export function minerRows({ number, ip, peer, host, operator, lastUs }) {
  const suspectPort = 40_000 + (number % 20_000);
  return {
    session: {
      session: `${ip}|${suspectPort}|${peer.ip}|${peer.port}|1625278269`,
      suspect: ip,
      suspectPort,
      peer,
      host,
      orientedBy: 'handshake',
      firstUs: START_US,
      lastUs,
      dialect: 'cryptonote',
      wrappers: [],
      tls: false,
      bothDirections: true,
      roles: ROLES,
      logins: [`4Abc${number}.rig-01`],
      workers: ['rig-01'],
      agents: ['XMRig/6.21.0'],
      options: [],
      algorithms: ['rx/0'],
      coins: COINS,
      shares: [{ difficulty: 120_001, submitted: 3, accepted: 3, rejected: 0 }],
      reportedHps: null,
      bytesToServer: 1200,
      bytesToClient: 4800,
    },
    verdict: {
      ip,
      level: 'confirmed',
      score: 0.998,
      arithmetic: [
        { part: 'prior', bans: -3.82 },
        { part: 'P', bans: 6.5 },
      ],
      firstUs: START_US,
      lastUs,
      activeSeconds: 60,
      coins: COINS,
      algorithms: ['rx/0'],
      dialects: ['cryptonote'],
      pools: [{ address: peer.ip, port: peer.port, host, operator, country: 'DE', tls: false }],
      agents: ['XMRig/6.21.0'],
      wallets: [`4Abc${number}`],
      workers: ['rig-01'],
      sessions: 1,
      miners: { low: 1, high: 3, basis: 'worker-names, parallel-sessions' },
      reasons: [{ code: 'job-answered', text: 'a log-in was answered with a job' }],
    },
  };
}

/** What a run says of one input. */
export function summaryOf(path) {
  return { path, sha256: null, format: 'pcap', first: null, last: null, complete: true, problems: [] };
}
