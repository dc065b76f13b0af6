import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { workbookOf } from '../../../src/app/cli/refer-workbook.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import type { LetterTemplates, PackageOptions } from '../../../src/deliver/refer/index.js';
import { fingerprintOf, type Signer } from '../../../src/deliver/refer/signer.js';
import type { ReferWords } from '../../../src/deliver/refer/words.js';
import { siteChecks } from '../../../src/detect/cases/on-site.js';
import type { Language } from '../../../src/model/language.js';
import type { Referral, ReferralProfile } from '../../../src/model/referral.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { sampleEvidence, sampleSession, sampleVerdict } from '../samples.js';

/** What must act nowhere: markup, formulas, template and shell syntax, paths, terminal and bidirectional controls. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `=HYPERLINK("http://192.0.2.1/","x")`,
  `+cmd|' /C calc'!A0`,
  '@SUM(1+1)',
  '{unit_name}{{addresses}}',
  '?deadline: $& $1 $`',
  '../../../etc/passwd',
  '; rm -rf / #',
] as const;

export function temporarySigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    publicKey: pem,
    fingerprint: fingerprintOf(pem),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}

export const wordsIn = (language: Language): ReferWords => ({
  language,
  utcOffsetMinutes: 480,
  seen: (excerpt) => excerpt,
  indication: (code) => ({ seen: `seen ${code}`, refute: `refute ${code}` }),
});

export function bundledTemplates(profile: ReferralProfile, language: Language): LetterTemplates {
  const load = (name: string) => {
    const file = fileURLToPath(new URL(`../../../templates/${name}`, import.meta.url));
    return { file: name, text: readFileSync(file, 'utf8') };
  };
  return {
    letter: load(`letter-${profile}.${language}.txt`),
    checklist: profile === 'unit' ? load(`checklist.${language}.txt`) : null,
  };
}

export function sampleReferral(changes: Partial<Referral> = {}, verdict: Partial<Verdict> = {}): Referral {
  const judged = sampleVerdict({ evidence: [sampleEvidence()], ...verdict });
  const session = sampleSession();
  return {
    schema: 'rigwatch.referral/1',
    profile: 'unit',
    document: '2021-17',
    date: '2021-11-01',
    deadline: '2021-11-15',
    utc_offset: '+08:00',
    office: 'Office',
    contact: null,
    unit: { id: 'U1', name: 'Unit one', category: 'school', region: 'Hangzhou', contacts: null },
    figures: {
      addresses: 1,
      confirmed: 1,
      probable: 0,
      sessions: 1,
      first_seen: '2021-07-03T02:11:09.120Z',
      last_seen: '2021-07-03T02:12:09.120Z',
      coins: ['XMR'],
      miners: null,
      energy: null,
    },
    cases: [
      { id: 3, state: 'open', opened: '2021-07-04T00:00:00.000Z', repeat_level: 0, addresses: [judged.ip] },
    ],
    addresses: [
      {
        case: 3,
        verdict: toVerdictObject(judged),
        behind: 'nat',
        isp: null,
        sessions: [
          {
            start: '2021-07-03T02:11:09.120Z',
            end: '2021-07-03T02:12:09.120Z',
            seconds: 60,
            source_ip: session.suspect,
            source_port: session.suspectPort,
            destination_ip: session.peer.ip,
            destination_port: session.peer.port,
            host: session.host,
            operator: null,
            country: 'US',
            protocol: session.dialect,
            coins: ['XMR'],
            wallets: [],
            logins: [...session.logins],
            workers: [...judged.workers],
            agents: [...judged.agents],
            bytes_to_server: 1200,
            bytes_to_client: null,
            shares_submitted: 3,
            shares_accepted: 3,
            quote: judged.evidence[0]?.excerpt ?? null,
            rule: 'stratum.cryptonote.login',
            capture_sha256: 'a'.repeat(64),
          },
        ],
        sessions_left_out: 0,
        captures: [{ name: 'a.pcap', format: 'pcap', sha256: 'a'.repeat(64) }],
        checks: siteChecks(judged, [session], 'nat'),
      },
    ],
    units: [],
    left_out: {},
    ...changes,
  };
}

export function packageOptions(changes: Partial<PackageOptions> = {}): PackageOptions {
  return {
    words: wordsIn('en'),
    templates: bundledTemplates('unit', 'en'),
    letters: ['html'],
    created: '2021-11-01T00:00:00.000Z',
    generator: 'rigwatch test',
    signer: temporarySigner(),
    evidenceLog: null,
    writeWorkbook: workbookOf,
    ...changes,
  };
}

export const NO_EVIDENCE = { records: new Map(), slices: new Map() } as const;
