import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnLine } from '../../../../src/intake/formats/zeek/conn-line.js';
import { zeek } from '../../../../src/intake/formats/zeek/zeek.js';
import { createFlowFields } from '../../../../src/model/flow-fields.js';
import { readLog } from './read-log.js';

const USUAL = `{"ts":1700000000.123456,"uid":"CaB1","id.orig_h":"10.1.2.3","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":3333,"proto":"tcp","service":"ssl","duration":61.5,"orig_bytes":900,"resp_bytes":4000,"conn_state":"SF","local_orig":true,"missed_bytes":0,"history":"ShADadFf","orig_pkts":12,"orig_ip_bytes":1500,"resp_pkts":14,"resp_ip_bytes":4700,"tunnel_parents":[],"ip_proto":6,"orig_l2_addr":"00:00:5e:00:53:01"}`;

const number = fc.oneof(
  fc.nat(99_999).map(String),
  fc.double({ min: 0, max: 2e9, noNaN: true, noDefaultInfinity: true }).map((value) => value.toFixed(6)),
  fc.constantFrom('0', '65535', '65536', '-1', '-0.5', '1e3', '12.000', '1.1234567', '1.', '.5', 'null'),
  fc.constantFrom('"7"', 'true', '""', '999999999999999', '12345678901234567890', '123456789', '1234567890'),
);
const time = fc.oneof(
  fc.nat(2_000_000_000).map((seconds) => `${seconds}.000123`),
  fc.constantFrom('1700000000', '0.000000', '"2023-11-14T22:13:20.5Z"', '"XXXXXXXXXX.XXXXXX"', '9007199255'),
  number,
);
const address = fc.oneof(
  fc.ipV4().map((ip) => `"${ip}"`),
  fc.ipV6().map((ip) => `"${ip}"`),
  fc.constantFrom('"10.0.0"', '"1.2.3.4.5"', '"256.1.1.1"', '"010.001.2.3"', '"::ffff:1.2.3.4"', '"1..2.3"'),
  fc.constantFrom('"fe80::1%eth0"', '"10.0.0.0001"', '"a\\\\b"', 'null', '7'),
);
const text = fc.oneof(
  fc.constantFrom(
    '"tcp"',
    '"udp"',
    '"icmp"',
    '"TCP"',
    '"tcpx"',
    '"sctp"',
    '"unknown_transport"',
    '"S0"',
    '"-"',
  ),
  fc.constantFrom('"ShADadFf"', '"^dDr"', '""', '"a\\"b"', '"\\u0041"', 'null', '5', '["x"]', '{"y":"}"}'),
);
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ts: time,
  'id.orig_h': address,
  'id.resp_h': address,
  proto: text,
  service: text,
  conn_state: text,
  history: text,
  uid: text,
};

/** A usual line of which few members are missing, changed, or told twice. */
const line = fc
  .array(
    fc.record({
      member: fc.constantFrom(
        ...Object.keys(JSON.parse(USUAL) as object),
        'src',
        'id_orig_p',
        'community_id',
      ),
      how: fc.constantFrom('leave out', 'change', 'add'),
      seed: fc.nat(),
    }),
    { maxLength: 4 },
  )
  .map((changes) => {
    let members = USUAL.slice(1, -1).split(/,(?=")/);
    for (const { member, how, seed } of changes) {
      const value = fc.sample(VALUES[member] ?? fc.oneof(number, text), { seed, numRuns: 1 })[0] ?? '0';
      const changed = `"${member}":${value}`;
      const at = members.findIndex((one) => one.startsWith(`"${member}":`));
      if (how === 'leave out') members = members.filter((_, index) => index !== at);
      else if (how === 'change' && at >= 0) members[at] = changed;
      else members.splice(seed % (members.length + 1), 0, changed);
    }
    return `{${members.join(',')}}`;
  });

const damaged = fc
  .tuple(
    line,
    fc.nat(),
    fc.constantFrom(...' "{}[],:.-\\0a9\u0000\u00ff'),
    fc.constantFrom('put', 'cut', 'set'),
  )
  .map(([whole, place, byte, how]) => {
    const at = 1 + (place % (whole.length - 1));
    if (how === 'cut') return whole.slice(0, at);
    return whole.slice(0, at) + byte + whole.slice(how === 'set' ? at + 1 : at);
  });

/** The blank before the first name has every line read by ObjectScan. */
const generally = (lines: readonly string[]) => lines.map((one) => `{ ${one.slice(1)}`);

function told(lines: readonly string[]) {
  const { flows, seen, records, counters } = readLog(zeek, Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
  return { flows, seen, records, counters: counters.toObject() };
}

describe('ConnLine', () => {
  it('takes lines like those it has learnt, with members left out, and no others', () => {
    const reader = new ConnLine();
    const fields = createFlowFields();
    const take = (text: string) => reader.read(Buffer.from(text), 0, text.length, fields);
    const short = USUAL.replace(/"(service|duration|orig_bytes|resp_bytes|tunnel_parents)":[^,]*,/g, '');
    expect(take(USUAL)).toBe(false);
    reader.learn(Buffer.from(USUAL), 0, USUAL.length);
    expect(take(USUAL)).toBe(true);
    expect(fields).toMatchObject({ startUs: 1_700_000_000_123_456, octets: 1500, tcpFlags: 27 });
    expect(take(short)).toBe(true);
    expect(fields).toMatchObject({ startUs: 1_700_000_000_123_456, endUs: 1_700_000_000_123_456 });
    expect(take(generally([USUAL])[0]!)).toBe(false);
    expect(take(USUAL.replace('"uid":', '"new":1,"uid":'))).toBe(false);
    expect(take(USUAL.replace('{', '{"ts":1,'))).toBe(false);
  });

  it('learns members that the first line did not have', () => {
    const reader = new ConnLine();
    const fields = createFlowFields();
    const short = USUAL.replace(/"(service|duration|history)":[^,]*,/g, '');
    for (const text of [short, USUAL]) reader.learn(Buffer.from(text), 0, text.length);
    expect(reader.read(Buffer.from(USUAL), 0, USUAL.length, fields)).toBe(true);
    expect(fields).toMatchObject({ endUs: 1_700_000_061_623_456, payloadPackets: 1 });
  });

  it('comes to the same as the general reader', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, line, damaged), { minLength: 1, maxLength: 12 }), (lines) => {
        const all = [USUAL, ...lines, USUAL];
        expect(told(all)).toEqual(told(generally(all)));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the connection of a session that another log tells of later its beginning', () => {
    const ends = '"id.orig_h":"10.1.2.3","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":3333';
    const ssl = `{"ts":1700000001.05,"uid":"C5000",${ends},"server_name":"a.example","resumed":false,"established":true}`;
    const lines = Array.from({ length: 10_000 }, (_, index) => USUAL.replace('CaB1', `C${index}`));
    const { seen } = told([...lines, ssl]);
    expect(seen).toHaveLength(1);
    expect(seen).toEqual(told([...generally(lines), ssl]).seen);
    expect(seen).not.toEqual(told([ssl]).seen);
  });
});
