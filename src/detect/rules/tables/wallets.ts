import { phrase } from '../../../base/phrase.js';
import { CHECKSUMS, type WalletFormat } from '../../../model/rule-table.js';
import type { TableKind } from '../syntax/csv.js';
import { quote } from '../syntax/faults.js';
import { patternFault } from '../syntax/pattern.js';
import { suggest } from '../syntax/suggest.js';

/** How the addresses of a coin are written. */
export const walletTable: TableKind<WalletFormat> = {
  name: 'wallets',
  columns: {
    coin: 'upper-case ticker',
    format: 'name of the form: P2PKH, bech32 …; with the coin it names the row',
    pattern: 'regular expression, anchored at both ends',
    prefix: 'how it begins, for people',
    checksum: CHECKSUMS.join(', '),
    min_length: 'characters',
    max_length: 'characters',
    source: 'where the form is documented',
    notes: 'for people',
  },
  required: ['coin', 'format', 'pattern'],
  readRow(cell, report, place) {
    const coin = cell('coin');
    const pattern = cell('pattern');
    const checksum = CHECKSUMS.find((one) => one === (cell('checksum') || 'none'));
    const [minLength, maxLength] = [lengthOf(cell('min_length'), 1), lengthOf(cell('max_length'), 512)];
    const fault = patternFault(pattern);
    if (fault !== null) report(phrase`pattern: ${fault}`);
    if (!/^[A-Z0-9]{1,12}$/.test(coin))
      report(phrase`coin: expected an upper-case ticker, found ${quote(coin)}`);
    if (cell('format') === '') report(phrase`format: expected the name of the form, found nothing`);
    if (checksum === undefined)
      report(
        phrase`checksum: expected one of ${CHECKSUMS}, found ${quote(cell('checksum'))}${suggest(cell('checksum'), CHECKSUMS)}`,
      );
    if (minLength === null || maxLength === null || minLength > maxLength) {
      report(phrase`min_length, max_length: expected whole numbers from 1 to 512, the smaller first`);
      return null;
    }
    if (fault !== null || checksum === undefined) return null;
    return {
      coin,
      format: cell('format'),
      prefix: cell('prefix'),
      pattern,
      checksum,
      minLength,
      maxLength,
      ...place,
    };
  },
};

function lengthOf(text: string, absent: number): number | null {
  if (text === '') return absent;
  const length = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return length >= 1 && length <= 512 ? length : null;
}
