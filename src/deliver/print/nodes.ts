import { fill } from '../../base/fill.js';
import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Language } from '../../model/language.js';
import type { NodeSighting } from '../../model/node.js';
import { bold, formatMinute, formatSecond } from './format.js';
import { NODE_MESSAGES } from './messages/node-messages.js';
import type { TableOptions } from './table.js';
import { padToWidth, widthOf } from './width.js';

/** `rigwatch.node/1` (docs/outputs.md): a coin's node or wallet, never a verdict. */
export interface NodeObject {
  readonly schema: 'rigwatch.node/1';
  readonly ip: string;
  readonly label: 'node-or-wallet';
  readonly protocol: string;
  readonly coin: string | null;
  readonly sessions: number;
  readonly peers: number;
  readonly peer: string;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
}

export function toNodeObject(node: NodeSighting): NodeObject {
  return {
    schema: 'rigwatch.node/1',
    ip: printable(node.ip),
    label: 'node-or-wallet',
    protocol: printable(node.protocol),
    coin: node.coin === null ? null : printable(node.coin),
    sessions: node.sessions,
    peers: node.peers,
    peer: printable(formatEndpoint(node.peer.ip, node.peer.port)),
    first_seen: formatTime(node.firstUs),
    last_seen: formatTime(node.lastUs),
  };
}

const COLUMNS = ['ip', 'protocol', 'coin', 'sessions', 'peers', 'first', 'last'] as const;

/** A table under its own title: nobody is to take it for a list of suspects. Ends without a line feed. */
export function formatNodes(nodes: readonly NodeSighting[], { language, color }: TableOptions): string {
  const title = bold(NODE_MESSAGES.title[language], color);
  if (nodes.length === 0) return `${title}\n${NODE_MESSAGES.none[language]}`;
  const rows = [COLUMNS.map((name) => NODE_MESSAGES[name][language]), ...nodes.map(cells)];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => padToWidth(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}

function cells({ ip, protocol, coin, sessions, peers, firstUs, lastUs }: NodeSighting): string[] {
  const times = [formatMinute(firstUs), formatMinute(lastUs)];
  return [
    printable(ip),
    printable(protocol),
    printable(coin ?? ''),
    String(sessions),
    String(peers),
    ...times,
  ];
}

/** One line of a brief. */
export function nodeLine(node: NodeSighting, language: Language): string {
  const values: Readonly<Record<string, string | number>> = {
    ...node,
    peer: '',
    coin: node.coin ?? NODE_MESSAGES['coin-unknown'][language],
    first: formatSecond(node.firstUs),
    last: formatSecond(node.lastUs),
  };
  return printable(fill(NODE_MESSAGES.brief[language], values));
}
