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
  const { atUs, untilUs } = declared;
  const isOutlived = untilUs !== null && file.evidence.some(({ lastUs }) => lastUs > untilUs);
  const isReopened = decisive.some(({ evidence }) => evidence.lastUs > atUs);
  return { clearance: declared, holds: !isOutlived && !isReopened };
}
