import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { SuspectFile } from '../../model/verdict.js';
import type { Clearance, FuseContext } from './context.js';
import type { Item } from './items.js';

/** What a person or the registry said of the address, and whether it still stands. */
export interface ClearanceState {
  readonly clearance: Clearance | null;
  readonly holds: boolean;
}

/** A clearance ends with its date, and with decisive evidence newer than it. N7 is declared research, while it lasts. */
export function clearanceFor(
  file: SuspectFile,
  context: FuseContext,
  decisive: readonly Item[],
): ClearanceState {
  const declared = context.cleared(file.ip);
  if (declared === null) {
    const registered = file.evidence.find(({ item }) => item === 'N7');
    if (registered === undefined) return { clearance: null, holds: false };
    return {
      clearance: { atUs: registered.firstUs, untilUs: null, reason: registered.excerpt },
      holds: true,
    };
  }
  const { atUs, untilUs, isDeclared } = declared;
  const isOutlived = untilUs !== null && file.evidence.some(({ lastUs }) => lastUs > untilUs);
  // A declaration covers what is seen in its time, and nothing before.
  const isReopened = decisive.some(({ evidence }) =>
    isDeclared ? evidence.firstUs < atUs : evidence.lastUs > atUs,
  );
  return { clearance: declared, holds: !isOutlived && !isReopened };
}

/** What the registry says of the address, while it holds. */
export function declarationOf({ clearance, holds }: ClearanceState): { name: string; until: string } | null {
  if (!holds || clearance?.isDeclared !== true) return null;
  const until = clearance.untilUs === null ? null : formatTime(clearance.untilUs);
  return { name: printable(clearance.reason), until: (until ?? '').slice(0, 10) };
}
