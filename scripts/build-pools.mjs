#!/usr/bin/env node
/**
 * Builds rules/pools.csv and rules/wallets.csv from a folder of gathered facts (pools.csv, exchanges.csv,
 * management.csv, wallets.csv): `node scripts/build-pools.mjs INTEL_DIR`. Prints what was left out, and why.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

const RULES = fileURLToPath(new URL('../rules/', import.meta.url));

/** Lists whose facts are taken only where a second list agrees: no licence, a copyleft one, or none that was read. */
const RESTRICTED = new Map([
  ['minershive/hive-pooltemplates', 'no licence'],
  ['imbytecat/crypto-mining-pool-list', 'no licence'],
  ['RainbowMiner/RainbowMiner', 'GPL-3.0'],
  ['andoniaf/mining-pools-list', 'GPL-3.0'],
  ['tmorin/cryptonote-universal-pool-list', 'GPL-3.0'],
  ['ethereum-mining/ethminer', 'GPL-3.0'],
  ['nemosminer/NemosMiner', 'GPL-3.0'],
  ['aaronsace/MultiPoolMiner', 'GPL-3.0'],
  ['chartingshow/crypto-firewall (phished brand names)', 'GPL-3.0'],
  ['bigred2k/CoinBlockerLists', 'AGPL-3.0'],
  ['ntop/nDPI', 'LGPL-3.0'],
  ['SigmaHQ/sigma', 'licence not read'],
  ['Azure/Azure-Sentinel', 'licence not read'],
  ['falcosecurity/rules', 'licence not read'],
  ['achow101/stratum-watcher', 'licence not seen'],
  ['dubuqingfeng/stratum-server-monitor', 'licence not seen'],
  ['zzpool/wiki', 'licence not seen'],
  ['Char1es0rz/minerProxy', 'licence not seen'],
  ['GitHub code index (single file)', 'licence not seen'],
]);

/** Regions that are ISO 3166-1 codes of countries; EU, ASIA, MULTI and the like are not. */
const COUNTRY = /^(?!EU$)[A-Z]{2}$/;

const CHECKSUMS = [
  [/constant 0x2bc830a3|bech32m/, 'bech32m'],
  [/bech32/, 'bech32'],
  [/BCH code/, 'cashaddr'],
  [/Keccak-256\), optional/, 'eip55'],
  [/Keccak/, 'cryptonote'],
  [/BLAKE-256|Groestl|BLAKE2b-256/, 'base58-other'],
  [/BLAKE2b/, 'blake2b'],
  [/CRC-16/, 'crc16'],
  [/mod 97/, 'mod97'],
  [/base58check|double SHA-256/, 'base58check'],
];

/** Forms whose checksum is written another way than its name says; they are told by their shape alone. */
const UNCHECKED = new Set([
  'XRP account (payout only)',
  'AE account',
  'VRSC identity / i-address',
  'XEL address',
  'CFX CIP-37 base32',
  'LTC bech32',
]);

const intel = process.argv[2];
if (intel === undefined) {
  process.stderr.write('usage: node scripts/build-pools.mjs INTEL_DIR\n');
  process.exit(2);
}

const read = (name) =>
  parse(readFileSync(join(intel, name)), { columns: true, bom: true, relax_column_count: true });
const leftOut = new Map();

function isRestricted(sources) {
  const names = sources.split(';');
  const licence = names.length === 1 ? RESTRICTED.get(names[0]) : undefined;
  if (licence !== undefined) {
    const why = `${names[0]} alone (${licence})`;
    leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
  }
  return licence !== undefined;
}

const rows = new Map();

for (const row of read('pools.csv')) {
  if (isRestricted(row.sources)) continue;
  rows.set(`${row.kind} ${row.host}`, {
    ...row,
    country: COUNTRY.test(row.region) ? row.region : '',
    source: row.sources,
  });
}

/** Facts of people's use, not of mining: a name that the pool list holds already stays as it is there. */
function addSites(all) {
  for (const row of all) if (!rows.has(`${row.kind} ${row.host}`)) rows.set(`${row.kind} ${row.host}`, row);
}

addSites(
  read('exchanges.csv')
    .filter(({ sources }) => !isRestricted(sources))
    .map(({ operator, domain, sources, notes }) => ({
      host: domain,
      kind: 'domain-suffix',
      operator,
      role: 'exchange',
      confidence: 'medium',
      source: sources,
      notes,
    })),
);
addSites(
  read('management.csv').map(({ operator, host, kind, use, source }) => ({
    host,
    kind,
    operator,
    role: 'management',
    confidence: 'medium',
    source,
    notes: use,
  })),
);

const columns = [
  ...['host', 'kind', 'ports', 'tls_ports', 'operator', 'coins', 'region', 'country', 'role', 'confidence'],
  ...['source', 'first_seen', 'last_seen', 'notes'],
];
const sorted = [...rows.values()].sort((a, b) =>
  a.host < b.host ? -1 : a.host > b.host ? 1 : a.kind < b.kind ? -1 : 1,
);
write('pools.csv', sorted, columns);

const wallets = read('wallets.csv')
  .filter(({ coin }) => coin !== '(any)')
  .map((row) => ({
    ...row,
    pattern: row.regex,
    checksum: UNCHECKED.has(`${row.coin} ${row.format}`) ? 'none' : checksumOf(row.checksum),
    min_length: row.min_len,
    max_length: row.max_len,
  }));
write('wallets.csv', wallets, [
  ...['coin', 'format', 'pattern', 'prefix', 'checksum', 'min_length', 'max_length', 'source', 'notes'],
]);

function checksumOf(text) {
  return CHECKSUMS.find(([words]) => words.test(text))?.[1] ?? 'none';
}

function write(name, all, header) {
  writeFileSync(join(RULES, name), stringify(all, { header: true, columns: header }));
  process.stdout.write(`${name}: ${all.length} rows\n`);
}

const total = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(`left out: ${total} rows\n`);
for (const [why, count] of [...leftOut].sort((a, b) => b[1] - a[1]))
  process.stdout.write(`${String(count).padStart(6)}  ${why}\n`);
