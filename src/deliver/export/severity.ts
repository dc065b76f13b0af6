import type { Level } from '../../model/verdict.js';

/** How loudly other systems are told: 0 to 10 as CEF, LEEF and most SIEM count. */
export const SEVERITY: Readonly<Record<Level, number>> = {
  confirmed: 8,
  probable: 6,
  suspected: 3,
  cleared: 0,
};

/** What mining on other people's machines is called in ATT&CK since version 16. */
export const TECHNIQUE = {
  id: 'T1496.001',
  name: 'Compute Hijacking',
  reference: 'https://attack.mitre.org/techniques/T1496/001/',
} as const;
export const TACTIC = { id: 'TA0040', name: 'Impact' } as const;
