import { type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
/** The capture programs of a system: how each is called, and what it says. */
import type { InterfaceInput } from './url.js';

export interface CaptureProgram {
  readonly name: string;
  args(input: InterfaceInput): readonly string[];
  /** What it says on standard error once packets are being taken. */
  readonly started: RegExp;
  /** Told at its end (tcpdump: when asked, too): packets that the kernel threw away. The first group counts them. */
  readonly dropped: RegExp;
  /** Whether it tells its counts on SIGUSR1 (tcpdump(8)); the signal ends others. */
  readonly tellsWhenAsked: boolean;
}

/** The kernel's buffer holds bursts while this process is busy. */
const KERNEL_BUFFER_MIB = 64;

/** tcpdump first: one process less a packet goes through, and it tells its drops while it runs. */
export const PROGRAMS: readonly CaptureProgram[] = [
  {
    name: 'tcpdump',
    // -U: each packet is handed on when it comes; without it a quiet line is seen minutes late.
    args: ({ name, filter, snaplen }) => [
      ...['-i', name, '-w', '-', '-U', '-B', String(KERNEL_BUFFER_MIB * 1024)],
      ...(snaplen === null ? [] : ['-s', String(snaplen)]),
      ...(filter === '' ? [] : ['--', filter]),
    ],
    started: /listening on /,
    dropped: /(\d+) packets? dropped by kernel/g,
    tellsWhenAsked: true,
  },
  {
    name: 'dumpcap',
    args: ({ name, filter, snaplen }) => [
      ...['-i', name, '-w', '-', '-q', '-P', '-B', String(KERNEL_BUFFER_MIB)],
      ...(snaplen === null ? [] : ['-s', String(snaplen)]),
      ...(filter === '' ? [] : ['-f', filter]),
    ],
    started: /Capturing on |File: /,
    // "Packets received/dropped on interface 'eth0': 10/2 (…)"
    dropped: /received\/dropped on interface .*?: \d+\/(\d+)/g,
    tellsWhenAsked: false,
  },
];

const COUNTS =
  /^\d+ packets? (captured|received by filter|dropped by )|^Packets (captured|received\/dropped)/;

/** Why a capture program ended, in the operator's words; `words` is what it wrote to standard error. */
export function explainExit(program: string, name: string, words: string): [code: string, message: Phrase] {
  // Its counts come last, and are no reason.
  const said = words
    .trim()
    .split('\n')
    .filter((line) => !COUNTS.test(line));
  const last = printable(said.at(-1) ?? '');
  if (/permission|not permitted|Operation not allowed|you don't have/i.test(words))
    return [
      'capture-forbidden',
      phrase`${program} may not capture on ${name}; run as root, or give it the right: setcap cap_net_raw,cap_net_admin=eip $(command -v ${program})`,
    ];
  if (/no such device|doesn't exist|no such interface|There is no device/i.test(words))
    return ['interface-missing', phrase`no interface ${name}; "ip link" or "${program} -D" lists them`];
  if (/syntax error|can't parse filter|illegal token|expression rejected|Invalid capture filter/i.test(words))
    return [
      'filter-invalid',
      phrase`${program} does not understand the filter (${last}); see pcap-filter(7)`,
    ];
  return [
    'capture-ended',
    last === '' ? phrase`${program} on ${name} ended` : phrase`${program} on ${name} ended: ${last}`,
  ];
}
