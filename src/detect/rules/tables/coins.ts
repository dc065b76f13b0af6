import { phrase } from '../../../base/phrase.js';
import type { CoinFact, Device } from '../../../model/rule-table.js';
import type { TableKind } from '../syntax/csv.js';
import { quote } from '../syntax/faults.js';
import { suggest } from '../syntax/suggest.js';

const HARDWARE = ['asic', 'gpu', 'cpu'] as const satisfies readonly Device[];

/** What a ticker stands for, and how the coin is mined. */
export const coinTable: TableKind<CoinFact> = {
  name: 'coins',
  columns: {
    ticker: 'upper-case',
    name: 'in English',
    name_zh: 'in Chinese',
    algorithms: 'as pools and miners write them, separated by ;',
    hardware: `what it is mined with in practice: ${HARDWARE.join(', ')}, separated by ;`,
    notes: 'for people',
  },
  required: ['ticker', 'name', 'name_zh', 'algorithms'],
  readRow(cell, report) {
    const ticker = cell('ticker');
    const hardware = split(cell('hardware'));
    const wrong = hardware.find((one) => !HARDWARE.some((known) => known === one));
    if (!/^[A-Z0-9]{1,12}$/.test(ticker))
      report(phrase`ticker: expected an upper-case ticker, found ${quote(ticker)}`);
    else if (cell('name') === '' || cell('name_zh') === '')
      report(phrase`name, name_zh: expected a name in both languages`);
    else if (wrong !== undefined)
      report(phrase`hardware: expected ${HARDWARE}, found ${quote(wrong)}${suggest(wrong, HARDWARE)}`);
    else
      return {
        ticker,
        name: { en: cell('name'), 'zh-CN': cell('name_zh') },
        algorithms: split(cell('algorithms')),
        hardware: HARDWARE.filter((one) => hardware.includes(one)),
      };
    return null;
  },
};

function split(text: string): string[] {
  return text === '' ? [] : text.split(';');
}
