import type { UnitMap } from '../../detect/units/unit-map.js';
import type { Evidence } from '../../model/evidence.js';
import type { SuspectFile, SuspectSession } from '../../model/verdict.js';

interface Part extends SuspectFile {
  readonly sessions: SuspectSession[];
  readonly evidence: Evidence[];
}

/**
 * What is known of an address, parted by who owned it (and, behind carrier NAT, the port) from the beginning to the end of
 * each conversation; a fact goes with its conversation, or by its own time. Null: nobody known, or it changed hands meanwhile.
 */
export function partsByOwner(
  { ip, sessions, evidence }: SuspectFile,
  units: UnitMap,
): ReadonlyMap<string | null, SuspectFile> {
  const ownerAt = (timeUs: number, port: number | null) => units.ownerAt(ip, timeUs, port).unit?.id ?? null;
  const ownerOf = ({ firstUs, lastUs }: SuspectSession | Evidence, port: number | null) => {
    const owner = ownerAt(firstUs, port);
    return owner === ownerAt(lastUs, port) ? owner : null;
  };
  const parts = new Map<string | null, Part>();
  const partOf = (owner: string | null): Part => {
    const part = parts.get(owner) ?? { ip, sessions: [], evidence: [] };
    parts.set(owner, part);
    return part;
  };
  const owners = new Map<string, string | null>();
  for (const session of sessions) {
    const owner = ownerOf(session, session.suspectPort);
    owners.set(session.session, owner);
    partOf(owner).sessions.push(session);
  }
  for (const fact of evidence) {
    const known = fact.session === null ? undefined : owners.get(fact.session);
    partOf(known === undefined ? ownerOf(fact, null) : known).evidence.push(fact);
  }
  return parts;
}
