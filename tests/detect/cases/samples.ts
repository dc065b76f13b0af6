import type { Sighting } from '../../../src/detect/cases/follow-up.js';
import type { Case, CaseMarks } from '../../../src/model/case.js';

export const DAY = 86_400e6;
/** 2021-10-01T00:00Z, the beginning of a day. */
export const START = 1_633_046_400e6;

export function marks(changes: Partial<CaseMarks> = {}): CaseMarks {
  return { ips: ['10.0.0.1'], wallets: [], workers: [], peers: [], ...changes };
}

export function sampleCase(changes: Partial<Case> = {}): Case {
  return {
    caseId: 1,
    unitId: 'U1',
    state: 'open',
    openedUs: START,
    recurrences: 0,
    marks: marks({ wallets: ['W1'], workers: ['rig01', 'rig02'], peers: ['198.51.100.1:3333 xmrig'] }),
    referral: null,
    check: null,
    claimedUs: null,
    closedUs: null,
    ...changes,
  };
}

export function sighting(changes: Partial<Sighting> = {}): Sighting {
  return {
    ip: '10.0.0.1',
    unitId: 'U1',
    isCurrent: true,
    marks: marks({ wallets: ['W1'] }),
    firstUs: START,
    lastUs: START + DAY,
    ...changes,
  };
}
