/** Makes the bundled demo capture (fixtures/demo): every address and value is made up or from documentation ranges. */
import {
  ethernet,
  type Frame,
  type Message,
  pcapngFile,
  type SessionOptions,
  tcpSession,
  udp,
} from './frames.js';
import {
  bitcoinSession,
  dnsExchange,
  electrumSession,
  ethproxySession,
  gameSession,
  hex,
  moneroSession,
  probeSession,
  tlsSession,
  webSession,
} from './sessions.js';

const START_US = Date.parse('2026-03-02T01:00:00Z') * 1000;
const RESOLVER = '10.20.0.53';

let port = 40_000;
function session(messages: readonly Message[], atSeconds: number, options: SessionOptions): Frame[] {
  return tcpSession(messages, { startUs: START_US + atSeconds * 1e6, clientPort: port++, ...options });
}

function lookup(client: string, name: string, ip: string | null, atSeconds: number): Frame[] {
  const [question, answer] = dnsExchange(name, ip);
  const ends = { src: client, dst: RESOLVER, srcPort: port++, dstPort: 53 };
  const back = { src: RESOLVER, dst: client, srcPort: 53, dstPort: ends.srcPort };
  return [
    { timeUs: START_US + atSeconds * 1e6, bytes: ethernet(udp(question, ends)) },
    { timeUs: START_US + atSeconds * 1e6 + 900, bytes: ethernet(udp(answer, back)) },
  ];
}

export function demoCapture(): Buffer {
  port = 40_000;
  const rigs = ['rack1x01', 'rack1x02', 'rack1x03', 'rack2x01', 'rack2x02', 'rack2x03'];
  const moneroLogin = `48${'fakeDemoAddress'.repeat(6)}123`;
  const frames: Frame[] = [
    // A farm behind one address: a proxy with six workers, and a second session beside it.
    ...session(bitcoinSession('demofarm', rigs, 'cgminer/4.11.1', 12, 11), 5, {
      client: '10.20.3.17',
      server: '198.51.100.21',
      serverPort: 3333,
    }),
    ...session(bitcoinSession('demofarm', ['annex01'], 'bmminer/2.0.0/Antminer S9/13500', 11, 12), 40, {
      client: '10.20.3.17',
      server: '198.51.100.21',
      serverPort: 443,
    }),
    // One Monero miner, and one whose session was already running when the capture began (VLAN, IPv6).
    ...session(moneroSession(moneroLogin, 'office-pc', 14, 21), 12, {
      client: '10.20.5.8',
      server: '203.0.113.44',
      serverPort: 14444,
    }),
    ...session(moneroSession(moneroLogin, 'lab-3', 14, 22).slice(8), 0, {
      client: '2001:db8:20::33',
      server: '2001:db8:ffff::44',
      serverPort: 80,
      handshake: false,
      vlans: [120],
    }),
    // A graphics-card rig on Ethereum Classic.
    ...session(ethproxySession(`0x${hex(40, 31)}`, 'gpu-rig1', 10, 31), 30, {
      client: '10.20.7.101',
      server: '203.0.113.90',
      serverPort: 8008,
    }),
    // TLS to a known pool, with jobs: encrypted, so never confirmed.
    ...lookup('10.20.9.4', 'pool.supportxmr.com', '203.0.113.7', 20),
    ...session(tlsSession('pool.supportxmr.com', 13, 40, 41), 21, {
      client: '10.20.9.4',
      server: '203.0.113.7',
      serverPort: 443,
    }),
    // Look-alikes and visitors: none of these mines.
    ...session(electrumSession(), 50, { client: '10.20.11.2', server: '203.0.113.150', serverPort: 50001 }),
    ...session(gameSession(), 60, { client: '10.20.11.3', server: '203.0.113.151', serverPort: 3333 }),
    ...session(webSession('www.f2pool.com'), 70, {
      client: '10.20.11.4',
      server: '203.0.113.152',
      serverPort: 80,
    }),
    ...lookup('10.20.11.5', 'xmr.2miners.com', '203.0.113.160', 75),
    ...Array.from({ length: 14 }, (_, at) =>
      session(probeSession(at), 100 + at * 4, {
        client: '10.20.12.9',
        server: `198.51.100.${100 + at}`,
        serverPort: 3333,
      }),
    ).flat(),
  ];
  return pcapngFile(frames.sort((a, b) => a.timeUs - b.timeUs));
}
