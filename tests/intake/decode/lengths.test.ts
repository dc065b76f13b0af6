import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { Decoded, Decoder } from '../../../src/intake/decode/index.js';
import { MAX_LAYERS, MAX_MPLS_LABELS, MAX_TAGS, MAX_WIRE_BYTES } from '../../../src/intake/decode/limits.js';
import { ethernet, ip, SYN, tcp, udp } from '../../support/frames.js';
import { mpls, overIpv4 } from '../../support/tunnels.js';
import { decodeFrame } from './frames.js';

const V4 = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 3333 };
const V6 = { ...V4, src: '2001:db8::1', dst: '2001:db8::2' };
const body = Buffer.from('{"id":1}');

/** A frame with a 16-bit field, or a byte, changed. */
function with16(frame: Buffer, at: number, value: number): Buffer {
  const out = Buffer.from(frame);
  out.writeUInt16BE(value, at);
  return out;
}

function with8(frame: Buffer, at: number, value: number): Buffer {
  const out = Buffer.from(frame);
  out[at] = value;
  return out;
}

function decodeOnce(frame: Buffer, options: { linkType?: number; wireLength?: number } = {}) {
  const decoder = new Decoder();
  const fields = decodeFrame(decoder, frame, options);
  const counters = new Counters();
  decoder.report(counters);
  return { fields, counters: counters.toObject() };
}

describe('lengths that lie', () => {
  const frame4 = ethernet(tcp(body, V4));
  const frame6 = ethernet(tcp(body, V6));

  it('total length 0 reaches to the end of the frame', () => {
    for (const frame of [with16(frame4, 16, 0), with16(frame6, 18, 0)]) {
      const { fields } = decodeOnce(frame);
      expect(fields).toMatchObject({ status: Decoded.TRANSPORT, wire: body.length });
      expect(fields.payload).toBe(body.toString('hex'));
    }
  });

  it('a length on the wire beyond belief is bounded where nothing else bounds it', () => {
    const { fields } = decodeOnce(with16(frame4, 16, 0), { wireLength: 0xffffffff });
    expect(fields).toMatchObject({ status: Decoded.TRANSPORT, wire: MAX_WIRE_BYTES - 54 });
  });

  it('more than the frame had is clamped and counted', () => {
    const four = decodeOnce(with16(frame4, 16, 9000));
    expect(four.fields).toMatchObject({ status: Decoded.TRANSPORT, wire: body.length });
    expect(four.counters).toEqual({ 'decode.tcp': 1, 'decode.length-lie.ipv4': 1 });
    const six = decodeOnce(with16(frame6, 18, 9000));
    expect(six.fields).toMatchObject({ status: Decoded.TRANSPORT, wire: body.length });
    expect(six.counters).toEqual({ 'decode.tcp': 1, 'decode.length-lie.ipv6': 1 });
    const datagram = decodeOnce(with16(ethernet(udp(body, V4)), 38, 9000));
    expect(datagram.fields).toMatchObject({ status: Decoded.TRANSPORT, wire: body.length });
    expect(datagram.counters).toEqual({ 'decode.udp': 1, 'decode.length-lie.udp': 1 });
  });

  it('a UDP length of 0 reaches to the end of the packet, one below 8 is malformed', () => {
    const frame = ethernet(udp(body, V4));
    expect(decodeOnce(with16(frame, 38, 0)).fields.payload).toBe(body.toString('hex'));
    expect(decodeOnce(with16(frame, 38, 7)).counters).toEqual({ 'decode.malformed.udp': 1 });
  });

  it('a UDP length shorter than the packet cuts the payload', () => {
    const { fields } = decodeOnce(with16(ethernet(udp(body, V4)), 38, 8 + 3));
    expect(fields).toMatchObject({ payload: body.subarray(0, 3).toString('hex'), wire: 3 });
  });

  it('headers shorter than the smallest, or longer than the packet, are malformed', () => {
    expect(decodeOnce(with8(frame4, 14, 0x44)).counters).toEqual({ 'decode.malformed.ipv4': 1 });
    expect(decodeOnce(with8(frame4, 14, 0x65)).counters).toEqual({ 'decode.malformed.ipv4': 1 });
    expect(decodeOnce(with16(frame4, 16, 19)).counters).toEqual({ 'decode.malformed.ipv4': 1 });
    expect(decodeOnce(with8(frame6, 14, 0x45)).counters).toEqual({ 'decode.malformed.ipv6': 1 });
    expect(decodeOnce(with8(frame4, 46, 0x40)).counters).toEqual({ 'decode.malformed.tcp': 1 });
    expect(decodeOnce(with8(frame4, 46, 0xf0)).counters).toEqual({ 'decode.malformed.tcp': 1 });
    expect(decodeOnce(with16(frame4, 16, 30)).counters).toEqual({ 'decode.malformed.tcp': 1 });
  });

  it('padding of Ethernet is no payload', () => {
    const frame = Buffer.concat([
      ethernet(tcp(Buffer.alloc(0), { ...V4, flags: SYN })),
      Buffer.alloc(6, 0x7b),
    ]);
    expect(decodeOnce(frame).fields).toMatchObject({ payload: '', wire: 0, flags: SYN });
  });

  it('IPv4 options are passed by', () => {
    const packet = tcp(body, V4);
    const options = Buffer.from('94040000', 'hex');
    const longer = Buffer.concat([packet.subarray(0, 20), options, packet.subarray(20)]);
    const frame = ethernet(with16(with8(longer, 0, 0x46), 2, longer.length));
    expect(decodeOnce(frame).fields).toMatchObject({ ports: [40000, 3333], payload: body.toString('hex') });
  });
});

describe('frames cut by the snap length', () => {
  const frame = ethernet(tcp(body, V4));
  const wireLength = frame.length;

  it('keep the ports and say how long the payload was', () => {
    const { fields } = decodeOnce(frame.subarray(0, 57), { wireLength });
    expect(fields).toMatchObject({ payload: body.subarray(0, 3).toString('hex'), wire: body.length });
  });

  it('keep the ports where only TCP options are cut', () => {
    const packet = tcp(Buffer.concat([Buffer.alloc(12, 1), body]), V4);
    const cut = ethernet(with8(packet, 32, 0x80));
    const { fields } = decodeOnce(cut.subarray(0, 58), { wireLength: cut.length });
    expect(fields).toMatchObject({ status: Decoded.TRANSPORT, payload: '', wire: body.length });
  });

  it('say in which header they end', () => {
    const names = (length: number) =>
      Object.keys(decodeOnce(frame.subarray(0, length), { wireLength }).counters);
    expect(names(13)).toEqual(['decode.truncated.link']);
    expect(names(33)).toEqual(['decode.truncated.ipv4']);
    expect(names(53)).toEqual(['decode.truncated.tcp']);
    const datagram = ethernet(udp(body, V6)).subarray(0, 61);
    expect(decodeOnce(datagram, { wireLength: 70 }).counters).toEqual({ 'decode.truncated.udp': 1 });
  });
});

describe('bounds', () => {
  const packet = tcp(body, V4);

  it('tags, labels and layers end', () => {
    const vlans = (count: number) => ethernet(packet, { vlans: new Array(count).fill(5) });
    expect(decodeOnce(vlans(MAX_TAGS)).fields.status).toBe(Decoded.TRANSPORT);
    expect(decodeOnce(vlans(MAX_TAGS + 1)).counters).toEqual({ 'decode.malformed.link': 1 });
    expect(decodeOnce(mpls(packet, MAX_MPLS_LABELS)).fields.status).toBe(Decoded.TRANSPORT);
    expect(decodeOnce(mpls(packet, MAX_MPLS_LABELS + 1)).counters).toMatchObject({
      'decode.malformed.mpls': 1,
    });
    let nested = packet;
    for (let count = 0; count < MAX_LAYERS; count++) nested = ip(nested, { ...V4, protocol: 4 });
    const { fields, counters } = decodeOnce(ethernet(nested));
    expect(fields).toMatchObject({ status: Decoded.UNSUPPORTED, version: 0 });
    expect(counters['decode.depth']).toBe(1);
  });
});

describe('ports of tunnels', () => {
  it.each([1701, 2152, 3544, 4789, 4790, 6081, 6635, 8472])('a UDP service on %i stays UDP', (dstPort) => {
    const fillings = [
      '',
      '{"id":1,"method":"mining.subscribe"}',
      '\x08\0\0\0\0\0\0\0',
      '\x40\x02\0\0',
      '\x30\xff\0\x02',
    ];
    for (const filling of fillings) {
      const payload = Buffer.from(filling.padEnd(80, '\0'), 'latin1');
      const { fields } = decodeOnce(ethernet(udp(payload, { ...V4, dstPort })));
      expect(fields).toMatchObject({ status: Decoded.TRANSPORT, protocol: 17, ports: [40000, dstPort] });
      expect(fields.payload).toBe(payload.toString('hex'));
    }
  });

  it('what looked like VXLAN and held nothing falls back to the UDP around it', () => {
    const inner = with8(ethernet(tcp(body, V4)), 46, 0);
    const payload = Buffer.concat([Buffer.from('0800000000002a00', 'hex'), inner]);
    const outer = { ...V6, dstPort: 4789, ttl: 9 };
    const { fields, counters } = decodeOnce(ethernet(udp(payload, outer)));
    expect(fields).toMatchObject({
      status: Decoded.TRANSPORT,
      version: 6,
      ttl: 9,
      protocol: 17,
      ports: [40000, 4789],
    });
    expect(fields.payload).toBe(payload.toString('hex'));
    expect(counters).toEqual({ 'decode.udp': 1, 'decode.tunnel.vxlan': 1, 'decode.tunnel.rejected': 1 });
  });
});

describe('what is not TCP or UDP', () => {
  const other = (protocol: number, counter: string) => {
    const { fields, counters } = decodeOnce(ethernet(ip(Buffer.alloc(8), { ...V4, protocol })));
    expect(fields).toMatchObject({
      status: Decoded.OTHER,
      version: 4,
      src: '0a000001',
      protocol,
      ports: [0, 0],
    });
    expect(counters).toEqual({ [`decode.other.${counter}`]: 1 });
  };

  it('is counted by protocol', () => {
    other(1, 'icmp');
    other(50, 'esp');
    other(132, 'sctp');
    other(200, 'protocol-200');
  });

  it('keeps no field of the frame before', () => {
    const decoder = new Decoder();
    decodeFrame(decoder, ethernet(tcp(body, V4)));
    expect(decodeFrame(decoder, ethernet(Buffer.alloc(28), { etherType: 0x0806 }))).toEqual({
      status: Decoded.NOT_IP,
      version: 0,
      src: '',
      dst: '',
      ttl: 0,
      protocol: 0,
      ports: [0, 0],
      flags: 0,
      seq: 0,
      ack: 0,
      payload: '',
      wire: 0,
    });
  });

  it('is counted by reason where it is not IP', () => {
    const type = (etherType: number) => decodeOnce(ethernet(Buffer.alloc(46), { etherType })).counters;
    expect(type(0x0806)).toEqual({ 'decode.not-ip.arp': 1 });
    expect(type(0x88cc)).toEqual({ 'decode.not-ip.ethertype': 1 });
    expect(type(0x88e5)).toEqual({ 'decode.not-ip.macsec': 1 });
    expect(type(46)).toEqual({ 'decode.not-ip.llc': 1 });
    const encrypted = Buffer.concat([Buffer.from('0841', 'hex'), Buffer.alloc(60)]);
    expect(decodeOnce(encrypted, { linkType: 105 }).counters).toEqual({ 'decode.not-ip.wifi-protected': 1 });
    const beacon = Buffer.concat([Buffer.from('8000', 'hex'), Buffer.alloc(60)]);
    expect(decodeOnce(beacon, { linkType: 105 }).counters).toEqual({ 'decode.not-ip.wifi': 1 });
  });

  it('a GRE keep-alive is GRE', () => {
    expect(decodeOnce(overIpv4(Buffer.from('00000000', 'hex'), 47)).counters).toEqual({
      'decode.other.gre': 1,
    });
  });

  it('unknown link types are counted by number, a flood of them together', () => {
    const decoder = new Decoder();
    for (let linkType = 1000; linkType < 1200; linkType++) {
      expect(decodeFrame(decoder, Buffer.alloc(60), { linkType }).status).toBe(Decoded.UNSUPPORTED);
    }
    const counters = new Counters();
    decoder.report(counters);
    expect(counters.get('decode.unsupported.linktype-1000')).toBe(1);
    expect(counters.get('decode.unsupported.linktype-other')).toBe(200 - 64);
  });
});
