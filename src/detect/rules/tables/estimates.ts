import { type Phrase, phrase } from '../../../base/phrase.js';
/** The tables that estimates are reckoned with: hash rate, energy, expected coins, chains, pools' signatures. */
import type {
  AlgorithmFact,
  ChainFact,
  CoinbaseTextFact,
  EfficiencyFact,
  EstimateRules,
  FactorFact,
  NetworkFact,
} from '../../../model/estimate-rule.js';
import type { RateUnit } from '../../../model/verdict.js';
import type { TableKind } from '../syntax/csv.js';
import { quote } from '../syntax/faults.js';
import { suggest } from '../syntax/suggest.js';

const UNITS = ['H/s', 'Sol/s', 'graph/s'] as const satisfies readonly RateUnit[];
const DEVICES = ['asic', 'gpu', 'cpu', 'browser', 'any'];
const KINDS = ['co2', 'coal'] as const satisfies readonly FactorFact['kind'][];
const SOURCE = 'where the number comes from';
const NAME = /^[^A-Z\s]{1,64}$/;

type Cell = (column: string) => string;
type Report = (message: Phrase) => void;

/** Null where the cell is empty; undefined, after a report, where it holds no number above zero. */
function numberIn(cell: Cell, report: Report, column: string): number | null | undefined {
  const text = cell(column);
  if (text === '') return null;
  const value = /^\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && Number.isFinite(value)) return value;
  report(phrase`${column}: expected a number above 0, found ${quote(text)}`);
  return undefined;
}

/** Two cells that are filled together, the smaller first. */
function rangeIn(
  cell: Cell,
  report: Report,
  lowColumn: string,
  highColumn: string,
): { low: number; high: number } | null | undefined {
  const [low, high] = [numberIn(cell, report, lowColumn), numberIn(cell, report, highColumn)];
  if (low === undefined || high === undefined) return undefined;
  if (low === null && high === null) return null;
  if (low !== null && high !== null && low <= high) return { low, high };
  report(phrase`${lowColumn}, ${highColumn}: expected both, the smaller first`);
  return undefined;
}

function tickerIn(cell: Cell, report: Report): string | null {
  const ticker = cell('ticker');
  if (/^[A-Z0-9]{1,12}$/.test(ticker)) return ticker;
  report(phrase`ticker: expected an upper-case ticker, found ${quote(ticker)}`);
  return null;
}

function algorithmIn(cell: Cell, report: Report): string | null {
  const algorithm = cell('algorithm');
  if (NAME.test(algorithm)) return algorithm;
  report(phrase`algorithm: expected a name in lower case, found ${quote(algorithm)}`);
  return null;
}

/** What one share of difficulty 1 takes. */
const algorithmTable: TableKind<AlgorithmFact> = {
  name: 'algorithms',
  columns: {
    algorithm: 'name in lower case',
    aliases: 'other spellings, separated by ;, a trailing * for any ending',
    unit: UNITS.join(', '),
    hashes_per_difficulty: 'hashes of a share of difficulty 1; empty where pools state targets',
    source: SOURCE,
  },
  required: ['algorithm', 'unit', 'hashes_per_difficulty'],
  readRow(cell, report) {
    const algorithm = algorithmIn(cell, report);
    const unit = UNITS.find((one) => one === cell('unit'));
    const hashes = numberIn(cell, report, 'hashes_per_difficulty');
    const aliases = cell('aliases') === '' ? [] : cell('aliases').split(';');
    if (unit === undefined)
      report(phrase`unit: expected ${UNITS}, found ${quote(cell('unit'))}${suggest(cell('unit'), UNITS)}`);
    const wrong = aliases.find((alias) => !NAME.test(alias));
    if (wrong !== undefined) report(phrase`aliases: expected names in lower case, found ${quote(wrong)}`);
    if (algorithm === null || unit === undefined || hashes === undefined || wrong !== undefined) return null;
    return { algorithm, aliases, unit, hashesPerDifficulty: hashes };
  },
};

/** What a class of machines draws, by the hash or by the machine. */
const efficiencyTable: TableKind<EfficiencyFact> = {
  name: 'efficiency',
  columns: {
    device: DEVICES.join(', '),
    algorithm: 'as in algorithms; empty: any, by the machine',
    joules_low: 'joules per hash (solution) of the best machines in use',
    joules_high: 'of the worst',
    rate_low: 'hashes per second of the slowest machine of the class; empty: not told',
    watts_low: 'watts of one machine, at least',
    watts_typical: 'watts of a typical one',
    watts_high: 'watts of one machine, at most',
    date: 'of the source',
    source: SOURCE,
  },
  required: ['device', 'joules_low', 'watts_low'],
  readRow(cell, report) {
    const device = DEVICES.find((one) => one === cell('device'));
    if (device === undefined)
      report(
        phrase`device: expected ${DEVICES}, found ${quote(cell('device'))}${suggest(cell('device'), DEVICES)}`,
      );
    const algorithm = cell('algorithm') === '' ? null : algorithmIn(cell, report);
    const joules = rangeIn(cell, report, 'joules_low', 'joules_high');
    const range = rangeIn(cell, report, 'watts_low', 'watts_high');
    const typical = numberIn(cell, report, 'watts_typical');
    const rateLow = numberIn(cell, report, 'rate_low');
    if (device === undefined || joules === undefined || range === undefined) return null;
    if (typical === undefined || rateLow === undefined) return null;
    if ((joules === null) === (range === null) || (joules === null) !== (algorithm === null)) {
      report(phrase`expected joules with an algorithm, or watts without one`);
      return null;
    }
    const watts = range === null ? null : { ...range, typical: typical ?? Math.sqrt(range.low * range.high) };
    return { device, algorithm, joules, rateLow, watts, source: cell('source') };
  },
};

/** The network of a coin on one day: hash rate, reward, time between blocks. */
const networkTable: TableKind<NetworkFact> = {
  name: 'economics',
  columns: {
    ticker: 'upper-case',
    date: 'YYYY-MM-DD',
    network_hashrate: 'hashes per second; empty where not known: nothing is estimated then',
    block_reward: 'coins per block',
    block_seconds: 'seconds between blocks',
    source: SOURCE,
  },
  required: ['ticker', 'date', 'network_hashrate', 'block_reward'],
  readRow(cell, report) {
    const ticker = tickerIn(cell, report);
    const date = cell('date');
    const timeUs = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) * 1000 : Number.NaN;
    if (Number.isNaN(timeUs)) report(phrase`date: expected YYYY-MM-DD, found ${quote(date)}`);
    const hashrate = numberIn(cell, report, 'network_hashrate');
    const reward = numberIn(cell, report, 'block_reward');
    const blockSeconds = numberIn(cell, report, 'block_seconds');
    if (ticker === null || Number.isNaN(timeUs)) return null;
    if (hashrate === undefined || reward === undefined || blockSeconds === undefined) return null;
    return { ticker, date, timeUs, hashrate, reward, blockSeconds, source: cell('source') };
  },
};

/** How the height of a coin grows: height and time of a job together name the chain. */
const chainTable: TableKind<ChainFact> = {
  name: 'chains',
  columns: {
    ticker: 'upper-case',
    algorithm: 'as in algorithms',
    genesis: 'first block, seconds since 1970',
    seconds_low: 'mean seconds between blocks since then, at least',
    seconds_high: 'at most',
    difficulty_low: 'difficulty of the network, at least; empty: not looked at',
    difficulty_high: 'at most',
    source: SOURCE,
  },
  required: ['ticker', 'genesis', 'seconds_low', 'seconds_high'],
  readRow(cell, report) {
    const ticker = tickerIn(cell, report);
    const algorithm = algorithmIn(cell, report);
    const genesis = numberIn(cell, report, 'genesis');
    const seconds = rangeIn(cell, report, 'seconds_low', 'seconds_high');
    const [low, high] = [numberIn(cell, report, 'difficulty_low'), numberIn(cell, report, 'difficulty_high')];
    if (genesis === null || seconds === null)
      report(phrase`genesis, seconds_low, seconds_high: expected numbers`);
    if (ticker === null || algorithm === null || genesis == null || seconds == null) return null;
    if (low === undefined || high === undefined) return null;
    return {
      ticker,
      algorithm,
      genesis,
      secondsLow: seconds.low,
      secondsHigh: seconds.high,
      difficultyLow: low,
      difficultyHigh: high,
      source: cell('source'),
    };
  },
};

/** From kilowatt-hours to carbon dioxide or standard coal. */
const factorTable: TableKind<FactorFact> = {
  name: 'factors',
  columns: {
    name: 'short, for --co2-factor and --coal-factor',
    kind: KINDS.join(', '),
    kg_per_kwh: 'kilograms per kilowatt-hour',
    default: 'yes for the one that is used where none is chosen',
    title_en: 'what it is, in English',
    title_zh: 'in Chinese',
    source: SOURCE,
  },
  required: ['name', 'kind', 'kg_per_kwh'],
  readRow(cell, report) {
    const name = cell('name');
    const kind = KINDS.find((one) => one === cell('kind'));
    const kgPerKwh = numberIn(cell, report, 'kg_per_kwh');
    if (!/^[a-z0-9-]{1,40}$/.test(name))
      report(phrase`name: expected a word of lower-case letters, digits and hyphens, found ${quote(name)}`);
    if (kind === undefined) report(phrase`kind: expected ${KINDS}, found ${quote(cell('kind'))}`);
    if (kgPerKwh === null) report(phrase`kg_per_kwh: expected a number above 0, found nothing`);
    if (kind === undefined || kgPerKwh == null) return null;
    return {
      name,
      kind,
      kgPerKwh,
      isDefault: cell('default') === 'yes',
      title: { en: cell('title_en') || name, 'zh-CN': cell('title_zh') || name },
      source: cell('source'),
    };
  },
};

/** Texts by which pools sign the coinbases of their jobs. */
const coinbaseTextTable: TableKind<CoinbaseTextFact> = {
  name: 'coinbase-texts',
  columns: {
    coinbase_text: 'part of the text, at least 4 characters, letter case as it stands',
    operator: 'whose it is',
    source: SOURCE,
  },
  required: ['coinbase_text', 'operator'],
  readRow(cell, report) {
    const text = cell('coinbase_text');
    const operator = cell('operator');
    if (text.length < 4 || text.length > 64)
      report(phrase`coinbase_text: expected 4 to 64 characters, found ${quote(text)}`);
    else if (operator === '') report(phrase`operator: expected a name`);
    else return { text, operator };
    return null;
  },
};

export const ESTIMATE_TABLES = [
  algorithmTable,
  efficiencyTable,
  networkTable,
  chainTable,
  factorTable,
  coinbaseTextTable,
] as const satisfies readonly TableKind<unknown>[];

/** Rows of these tables by their name in the file; a later file replaces. */
export class EstimateReading {
  readonly #algorithms = new Map<string, AlgorithmFact>();
  readonly #efficiencies = new Map<string, EfficiencyFact>();
  readonly #networks = new Map<string, NetworkFact>();
  readonly #chains = new Map<string, ChainFact>();
  readonly #factors = new Map<string, FactorFact>();
  readonly #coinbaseTexts = new Map<string, CoinbaseTextFact>();

  /** False where the table is none of these. `fill` reads the rows into a map. */
  read(
    kind: TableKind<unknown>,
    fill: <Row>(kind: TableKind<Row>, into: Map<string, Row>, keyOf: (row: Row) => string) => void,
  ): boolean {
    if (kind === algorithmTable) fill(algorithmTable, this.#algorithms, ({ algorithm }) => algorithm);
    else if (kind === efficiencyTable)
      fill(efficiencyTable, this.#efficiencies, ({ device, algorithm }) => `${device} ${algorithm ?? ''}`);
    else if (kind === networkTable)
      fill(networkTable, this.#networks, ({ ticker, date }) => `${ticker} ${date}`);
    else if (kind === chainTable) fill(chainTable, this.#chains, ({ ticker }) => ticker);
    else if (kind === factorTable) fill(factorTable, this.#factors, ({ name }) => name);
    else if (kind === coinbaseTextTable) fill(coinbaseTextTable, this.#coinbaseTexts, ({ text }) => text);
    else return false;
    return true;
  }

  finish(): EstimateRules {
    return {
      algorithms: [...this.#algorithms.values()],
      efficiencies: [...this.#efficiencies.values()],
      networks: [...this.#networks.values()],
      chains: [...this.#chains.values()],
      factors: [...this.#factors.values()],
      // The longest text that fits names the operator.
      coinbaseTexts: [...this.#coinbaseTexts.values()].sort((a, b) => b.text.length - a.text.length),
    };
  }
}
