import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Language } from '../../model/language.js';
import { levelTitle } from '../../model/titles.js';
import type { Verdict } from '../../model/verdict.js';
import {
  bold,
  colored,
  formatDuration,
  formatMinute,
  formatScore,
  poolName,
  poolOwner,
  shortWallet,
} from './format.js';
import { type MessageKey, message } from './messages/messages.js';
import { cutToWidth, padToWidth, widthOf } from './width.js';

export interface TableOptions {
  readonly language: Language;
  readonly color: boolean;
  /** Columns of the terminal; null: as wide as it gets. */
  readonly width: number | null;
}

interface Column {
  /** Name in TSV, never translated. */
  readonly name: string;
  readonly title: MessageKey;
  readonly align: 'left' | 'right';
  /** Gives way, down to this width, where the terminal is too narrow; null: keeps its width. */
  readonly least: number | null;
  cell(verdict: Verdict, language: Language): string;
  /** The same for machines: nothing cut, nothing translated. */
  value(verdict: Verdict): string;
}

const COLUMNS: readonly Column[] = [
  {
    name: 'level',
    title: 'column.level',
    align: 'left',
    least: null,
    cell: ({ level }, language) => levelTitle(language, level),
    value: ({ level }) => level,
  },
  {
    name: 'score',
    title: 'column.score',
    align: 'right',
    least: null,
    cell: ({ score }) => formatScore(score),
    value: ({ score }) => formatScore(score),
  },
  {
    name: 'ip',
    title: 'column.ip',
    align: 'left',
    least: null,
    cell: ({ ip }) => printable(ip),
    value: ({ ip }) => ip,
  },
  {
    name: 'coins',
    title: 'column.coins',
    align: 'left',
    least: 5,
    cell: ({ coins }) => tickers(coins).slice(0, 2).join(' ') + further(tickers(coins).length - 2),
    value: ({ coins }) => tickers(coins).join(','),
  },
  {
    name: 'pools',
    title: 'column.pools',
    align: 'left',
    least: 12,
    cell: (verdict, language) => {
      const { pools } = verdict;
      const [pool] = pools;
      if (pool === undefined) return lookedUp(verdict).join(' ');
      const owner = poolOwner(pool, message(language, 'overseas'));
      return `${poolName(pool)}${owner === '' ? '' : ` (${owner})`}${further(pools.length - 1)}`;
    },
    value: (verdict) =>
      [
        ...verdict.pools.map((pool) => {
          const owner = poolOwner(pool, 'overseas');
          return owner === '' ? poolName(pool) : `${poolName(pool)} (${owner})`;
        }),
        ...(verdict.pools.length === 0 ? lookedUp(verdict) : []),
      ].join('; '),
  },
  {
    name: 'dialects',
    title: 'column.dialects',
    align: 'left',
    least: 8,
    cell: ({ dialects }) => dialects.map((name) => printable(name)).join(' '),
    value: ({ dialects }) => dialects.join(','),
  },
  {
    name: 'identity',
    title: 'column.identity',
    align: 'left',
    least: 8,
    cell: ({ workers, wallets }) => {
      const [worker] = workers;
      const [wallet] = wallets;
      const names = [
        worker === undefined ? null : printable(worker),
        wallet === undefined ? null : shortWallet(wallet),
      ];
      return (
        names.filter((name) => name !== null).join(' / ') +
        further(Math.max(workers.length, wallets.length) - 1)
      );
    },
    value: ({ workers, wallets }) => [...workers, ...wallets].join(','),
  },
  {
    name: 'sessions',
    title: 'column.sessions',
    align: 'right',
    least: null,
    cell: ({ sessions }) => String(sessions),
    value: ({ sessions }) => String(sessions),
  },
  {
    name: 'active_seconds',
    title: 'column.active',
    align: 'right',
    least: null,
    cell: ({ activeSeconds }, language) => formatDuration(activeSeconds, language),
    value: ({ activeSeconds }) => String(Math.round(activeSeconds)),
  },
  {
    name: 'last_seen',
    title: 'column.last',
    align: 'left',
    least: null,
    cell: ({ lastUs }) => formatMinute(lastUs),
    value: ({ lastUs }) => formatTime(lastUs) ?? '',
  },
];

/** The cells of one verdict as a table shows them, left to right, uncut. */
export function tableCells(verdict: Verdict, language: Language): string[] {
  return COLUMNS.map((column) => column.cell(verdict, language));
}

const GAP = '  ';

function tickers(coins: Verdict['coins']): string[] {
  return [...new Set(coins.map(({ ticker }) => printable(ticker)))];
}

/** Names that were only looked up, where no server was contacted. */
function lookedUp({ evidence }: Verdict): string[] {
  const names = evidence
    .filter(({ peer, host }) => peer === null && host !== null)
    .map(({ host }) => printable(host ?? ''));
  return [...new Set(names)].slice(0, 3).map((name) => `${name} (DNS)`);
}

function further(count: number): string {
  return count > 0 ? ` +${count}` : '';
}

/** A table for a terminal, cut to its width; the level is always also a word. Ends without a line feed. */
export function formatTable(verdicts: readonly Verdict[], options: TableOptions): string {
  const { language, color } = options;
  if (verdicts.length === 0) return message(language, 'none');
  const titles = COLUMNS.map(({ title }) => message(language, title));
  const rows = verdicts.map((verdict) => COLUMNS.map((column) => column.cell(verdict, language)));
  const widths = fitWidths(
    COLUMNS.map((_, at) =>
      [titles, ...rows].reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
    ),
    options.width,
  );
  const line = (cells: readonly string[]) => {
    const padded = COLUMNS.map(({ align }, at) => {
      const width = widths[at] ?? 0;
      return padToWidth(cutToWidth(cells[at] ?? '', width), width, align);
    });
    const text = padded.join(GAP).trimEnd();
    return options.width === null ? text : cutToWidth(text, options.width);
  };
  const body = verdicts.map(({ level }, at) => {
    const cells = rows[at] ?? [];
    const text = line(cells);
    const word = cells[0] ?? '';
    return text.startsWith(word) ? colored(word, level, color) + text.slice(word.length) : text;
  });
  return [bold(line(titles), color), ...body].join('\n');
}

/** Narrows the widest of the columns that give way until the line fits, or none can give any more. */
function fitWidths(natural: readonly number[], available: number | null): number[] {
  const widths = [...natural];
  if (available === null) return widths;
  const gaps = GAP.length * (widths.length - 1);
  for (let over = widths.reduce((sum, width) => sum + width, gaps) - available; over > 0; over--) {
    let widest = -1;
    for (const [at, { least }] of COLUMNS.entries()) {
      if (least !== null && (widths[at] ?? 0) > least && (widths[at] ?? 0) > (widths[widest] ?? 0))
        widest = at;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The header of the TSV form. */
export function tsvHeader(): string {
  return COLUMNS.map(({ name }) => name).join('\t');
}

/** One verdict as a TSV line: full width, no colour; a tab or line feed in a text is escaped by printable(). */
export function tsvRow(verdict: Verdict): string {
  return COLUMNS.map((column) => printable(column.value(verdict), Number.POSITIVE_INFINITY)).join('\t');
}
