import { printable } from '../../base/text.js';
import type { Entry } from '../../model/evidence-log.js';
import type { Language } from '../../model/language.js';
import { levelTitle } from '../../model/titles.js';
import { partName } from './explain.js';
import { evidenceMessage } from './messages/evidence-messages.js';
import { retell } from './retell.js';
import { heading, labelled } from './translate.js';
import { padToWidth, widthOf } from './width.js';

/** Longer than other texts from traffic: paths, and sessions' names. */
const MAX_LINE = 4096;
const GAP = '  ';

type Json = Readonly<Record<string, unknown>>;

/** Whose verdict an entry holds; null where it holds none. */
export function ipOf({ kind, body }: Entry): string | null {
  const ip = objectOf(body.verdict).ip;
  return kind === 'verdict' && typeof ip === 'string' ? ip : null;
}

/** The line of an entry in a list: never translated. */
export function entryRow(entry: Entry): readonly string[] {
  const { seq, time, kind, body } = entry;
  const verdict = objectOf(body.verdict);
  const what = kind === 'verdict' ? textOf(body.change) : kind;
  const excerpts = kind === 'verdict' ? String(listOf(body.excerpts).length) : '';
  return [String(seq), time, what, textOf(verdict.level), ipOf(entry) ?? '', excerpts].map((text) =>
    printable(text),
  );
}

export const ENTRY_COLUMNS = ['seq', 'time', 'what', 'level', 'ip', 'excerpts'] as const;

/** The same for people. */
export function formatEntries(rows: readonly (readonly string[])[], language: Language): string {
  const titles = ENTRY_COLUMNS.map((column) => evidenceMessage(language, `column.${column}`));
  const cells = rows.map((row) => row.map((text, at) => translated(text, at, language)));
  const widths = titles.map((title, at) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(title)),
  );
  return [titles, ...cells]
    .map((row) =>
      row
        .map((text, at) => padToWidth(text, widths[at] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function translated(text: string, column: number, language: Language): string {
  const name = ENTRY_COLUMNS[column];
  if (name === 'level') return levelTitle(language, text);
  if (name !== 'what') return text;
  if (text === 'start' || text === 'repair' || text === 'break' || text === 'segment')
    return evidenceMessage(language, `entry.${text}`);
  return isChange(text) ? evidenceMessage(language, `change.${text}`) : text;
}

/** An entry for people: everything but the packets themselves. */
export function formatEntry(entry: Entry, language: Language): string {
  const { seq, log, time, kind, body, hash, signature } = entry;
  const lines = [
    evidenceMessage(language, 'show.entry', { seq, log, time }),
    ...(kind === 'verdict'
      ? verdictLines(body, language)
      : [labelled(language, evidenceMessage(language, `entry.${kind}`), JSON.stringify(body))]),
    evidenceMessage(language, 'show.hash', { hash }),
    evidenceMessage(language, 'show.signature', { signature }),
  ];
  return lines.map((line) => printable(line, MAX_LINE)).join('\n');
}

function verdictLines(body: Json, language: Language): string[] {
  const say = (key: Parameters<typeof evidenceMessage>[1], values = {}) =>
    evidenceMessage(language, key, values);
  const verdict = objectOf(body.verdict);
  const [level, change, sensor] = [textOf(verdict.level), textOf(body.change), objectOf(body.sensor)];
  const offset = sensor.clock_offset_seconds;
  const excerpts = listOf(body.excerpts);
  return [
    say('show.verdict', {
      ip: textOf(verdict.ip),
      level: levelTitle(language, level),
      change: isChange(change) ? say(`change.${change}`) : change,
      score: textOf(verdict.score),
      rules: textOf(body.rules),
      version: textOf(body.rigwatch),
    }),
    heading(language, say('show.arithmetic')),
    ...listOf(verdict.arithmetic).map(
      ({ part, bans }) => `  ${partName(textOf(part), language)}  ${textOf(bans)}`,
    ),
    heading(language, say('show.facts')),
    ...listOf(body.facts).flatMap((fact) => [
      `  ${textOf(fact.first)}  ${textOf(fact.rule)} (${textOf(fact.item)}, ${textOf(fact.bans)})  ${textOf(fact.peer)}  ×${textOf(fact.count)}`,
      `    ${textOf(fact.source)} #${textOf(fact.record)}`,
      `    ${retell(language, textOf(fact.excerpt))}`,
    ]),
    heading(language, say('show.sources')),
    ...listOf(body.sources).map(({ path, sha256, first, last, complete }) =>
      [
        `  ${textOf(path)}  SHA-256 ${sha256 === null ? say('show.not-hashed') : textOf(sha256)}  ${textOf(first)} – ${textOf(last)}`,
        complete === true ? '' : `  (${say('show.partial')})`,
      ].join(''),
    ),
    say('show.sensor', {
      name: textOf(sensor.name),
      offset:
        typeof offset === 'number' ? say('show.offset', { seconds: offset }) : say('show.offset-unknown'),
    }),
    heading(language, say('show.excerpts')),
    ...(excerpts.length === 0 ? [`  ${say('show.no-excerpts')}`] : []),
    ...excerpts.map(
      ({ session, frames, sha256 }) =>
        `  ${say('show.excerpt', { session: textOf(session), frames: textOf(frames), sha256: textOf(sha256) })}`,
    ),
  ];
}

const isChange = (text: string) =>
  text === 'new' || text === 'raised' || text === 'lowered' || text === 'changed';

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
