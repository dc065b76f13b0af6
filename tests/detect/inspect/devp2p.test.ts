import { createECDH } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { looksLikeDiscv4, looksLikeRlpx } from '../../../src/detect/inspect/devp2p.js';
import { createInspection, INSPECTORS } from '../../../src/detect/inspect/index.js';
import type { Observation } from '../../../src/model/observation.js';
import { createPacket } from '../../../src/model/packet.js';
import { observe, split, toClient, toServer, withoutTimes } from './support.js';

const hex = (text: string) => Buffer.from(text, 'hex');
/** Beginning of the second Auth of EIP-8's test vectors: size, 04, the ephemeral key. */
const AUTH = Buffer.concat([
  hex(
    '01b304ab7578555167be8154d5cc456f567d5ba302662433674222360f08d5f1534499d3678b513b0fca474f3a514b18e75683032eb63fccb16c156dc6eb2c0b1593f0',
  ),
  Buffer.alloc(370, 0x5a),
]);
/** The first Ping of EIP-8's test vectors. */
const PING = hex(
  'e9614ccfd9fc3e74360018522d30e1419a143407ffcce748de3e22116b7e8dc92ff74788c0b6663aaa3d67d641936511c8f8d6ad8698b820a7cf9e1be7155e9a241f556658c55428ec0563514365799a4be2be5a685a80971ddcfa80cb422cdd0101ec04cb847f000001820cfa8215a8d790000000000000000000000000000000018208ae820d058443b9a3550102',
);

describe('RLPx', () => {
  it('knows the published first message, and any with a key of the curve', () => {
    expect(looksLikeRlpx(AUTH)).toBe('yes');
    for (let at = 0; at < 67; at++)
      expect(looksLikeRlpx(AUTH.subarray(0, at))).toBe(at === 0 ? 'no' : 'more');
    const ecdh = createECDH('secp256k1');
    for (let run = 0; run < 20; run++) {
      const key = ecdh.generateKeys();
      expect(looksLikeRlpx(Buffer.concat([hex('0190'), key, Buffer.alloc(300)]))).toBe('yes');
    }
  });

  it('takes no other bytes for a key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        expect(looksLikeRlpx(Buffer.concat([hex('019004'), Buffer.from(bytes)]))).toBe('no');
      }),
      { numRuns: 300 },
    );
    expect(looksLikeRlpx(hex(`019004${'ff'.repeat(64)}`))).toBe('no');
  });

  it('is a node, never mining, however it is cut', () => {
    const messages = [toServer(AUTH), toClient(Buffer.alloc(300, 0xa7))];
    const whole = observe(INSPECTORS, messages, { serverPort: 30303 });
    expect(whole).toMatchObject([{ kind: 'node', protocol: 'ethereum-devp2p', coin: null }]);
    for (let seed = 0; seed < 30; seed++)
      expect(withoutTimes(observe(INSPECTORS, split(messages, seed, 50), { serverPort: 30303 }))).toEqual(
        withoutTimes(whole),
      );
  });
});

describe('Ethereum node discovery', () => {
  const body = (type: number, rlp: string) =>
    Buffer.concat([PING.subarray(0, 97), Buffer.from([type]), hex(rlp)]);
  const endpoint = 'c9847f000001820cfa80';
  const pong = body(2, `f0${endpoint}a0${'11'.repeat(32)}8443b9a355`);
  const findNode = body(3, `f847b840${'22'.repeat(64)}8443b9a355`);

  it('knows Ping, Pong and FindNode, with bytes behind them', () => {
    for (const packet of [PING, pong, findNode]) {
      expect(looksLikeDiscv4(packet, 0, packet.length)).toBe(true);
      const longer = Buffer.concat([packet, Buffer.alloc(20)]);
      expect(looksLikeDiscv4(longer, 0, longer.length)).toBe(true);
      for (let cut = 0; cut < packet.length; cut++) expect(looksLikeDiscv4(packet, 0, cut)).toBe(false);
    }
  });

  it('takes no random bytes for it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 100, maxLength: 400 }), (bytes) => {
        expect(looksLikeDiscv4(Buffer.from(bytes), 0, bytes.length)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('is told once a conversation', () => {
    const found: Observation[] = [];
    const inspection = createInspection(
      (one) => found.push(one),
      new Counters(),
      () => ({ source: 't', format: 'pcap' }),
    );
    const send = (payload: Buffer, isAnswer: boolean) => {
      const packet = createPacket();
      packet.bytes = Buffer.concat([hex(isAnswer ? '0a0000020a000001' : '0a0000010a000002'), payload]);
      Object.assign(packet, {
        ipVersion: 4,
        protocol: 17,
        srcOffset: 0,
        dstOffset: 4,
        payloadOffset: 8,
        timeUs: 1e15,
      });
      packet.payloadLength = payload.length;
      packet.payloadWireLength = payload.length;
      packet.srcPort = packet.dstPort = 30303;
      inspection.opening(packet, 1, false);
    };
    send(PING, false);
    send(pong, true);
    send(PING, false);
    expect(found).toMatchObject([
      {
        kind: 'node',
        protocol: 'ethereum-discv4',
        coin: null,
        client: { ip: '10.0.0.1' },
        server: { ip: '10.0.0.2' },
      },
    ]);
  });
});
