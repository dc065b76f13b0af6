import { type Fault, RuleError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { Title } from '../../model/language.js';

/** What a kilowatt-hour costs in coal and carbon dioxide; `source` says who says so. */
export interface FactorSet {
  readonly id: string;
  readonly title: Title;
  readonly source: Title;
  /** Year of the data. */
  readonly year: number;
  /** Standard coal (7,000 kcal/kg), kilograms. */
  readonly coalKgPerKwh: number;
  readonly co2KgPerKwh: number;
}

/** What an address is taken to use where nothing was measured: a policy figure, never a measurement. */
export interface Assumption {
  readonly id: string;
  readonly title: Title;
  readonly source: Title;
  readonly kwhPerIpDay: number;
}

export interface AccountingFactors {
  readonly factors: readonly FactorSet[];
  readonly assumptions: readonly Assumption[];
}

/** Entries of one list. */
const MAX_ENTRIES = 1000;
/** No fuel and no machine is beyond this. */
const MAX_FACTOR = 100_000;

/** Checks what a factors file says (its YAML, parsed). Throws RuleError with all faults. */
export function parseFactors(path: string, value: unknown): AccountingFactors {
  const faults: Fault[] = [];
  const report = (message: Phrase) => faults.push({ file: path, line: 0, ruleId: null, message });
  const root = isObject(value) ? value : {};
  const reader = new Reader(report);
  const result = {
    factors: reader.list(root, 'factors', (entry, id) => ({
      id,
      title: reader.title(entry, id),
      source: reader.source(entry, id),
      year: reader.number(entry, 'year', id),
      coalKgPerKwh: reader.number(entry, 'coal_kg_per_kwh', id),
      co2KgPerKwh: reader.number(entry, 'co2_kg_per_kwh', id),
    })),
    assumptions: reader.list(root, 'assumptions', (entry, id) => ({
      id,
      title: reader.title(entry, id),
      source: reader.source(entry, id),
      kwhPerIpDay: reader.number(entry, 'kwh_per_ip_day', id),
    })),
  };
  if (faults.length > 0) throw new RuleError(faults);
  return result;
}

type Entry = Readonly<Record<string, unknown>>;

class Reader {
  readonly #report: (message: Phrase) => void;

  constructor(report: (message: Phrase) => void) {
    this.#report = report;
  }

  list<T>(root: Entry, key: string, read: (entry: Entry, id: string) => T): T[] {
    const value = root[key];
    if (!Array.isArray(value) || value.length > MAX_ENTRIES) {
      this.#report(phrase`${key}: expected a list of at most ${MAX_ENTRIES} entries`);
      return [];
    }
    const ids = new Set<string>();
    return value.flatMap((entry: unknown, at) => {
      const id = isObject(entry) && typeof entry.id === 'string' ? entry.id : '';
      if (!isObject(entry) || !/^[a-z0-9-]{1,64}$/.test(id) || ids.has(id)) {
        this.#report(phrase`${key}[${at}]: expected an entry with an id of its own (a-z, 0-9, -)`);
        return [];
      }
      ids.add(id);
      return [read(entry, id)];
    });
  }

  title(entry: Entry, id: string): Title {
    const { title } = entry;
    if (isObject(title) && typeof title.en === 'string' && typeof title['zh-CN'] === 'string')
      return { en: title.en, 'zh-CN': title['zh-CN'] };
    this.#report(phrase`${id}: expected title: { en: …, zh-CN: … }`);
    return { en: '', 'zh-CN': '' };
  }

  /** In both languages, or one text for both. */
  source(entry: Entry, id: string): Title {
    const { source } = entry;
    if (typeof source === 'string' && source !== '') return { en: source, 'zh-CN': source };
    if (isObject(source) && typeof source.en === 'string' && typeof source['zh-CN'] === 'string')
      return { en: source.en, 'zh-CN': source['zh-CN'] };
    this.#report(phrase`${id}: expected source, a text or { en: …, zh-CN: … }`);
    return { en: '', 'zh-CN': '' };
  }

  number(entry: Entry, key: string, id: string): number {
    const value = entry[key];
    if (typeof value === 'number' && value > 0 && value < MAX_FACTOR) return value;
    this.#report(phrase`${id}: expected ${key}, a number above 0`);
    return 0;
  }
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
