import { describe, expect, it } from 'vitest';
import { withoutOthers } from '../../../src/app/pipeline/refer/address.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { sampleEvidence, sampleVerdict } from '../../deliver/samples.js';

describe('what a unit is told of a server that others taught', () => {
  it('is neither how many they are nor when it was', () => {
    const excerpt = '198.51.100.7:3333 answered 2 clients as a pool, last 2021-07-04T05:06:07.000Z';
    const own = '{"id":1,"method":"login","params":{"login":"x answered y"}}';
    const verdict = sampleVerdict({
      evidence: [sampleEvidence({ rule: 'learned.pool', excerpt }), sampleEvidence({ excerpt: own })],
      reasons: [
        { code: 'learned-pool', text: `The server is known as a pool from the traffic itself: ${excerpt}.` },
        { code: 'unknown-machine', text: 'Which machine it was is not known.' },
      ],
    });
    const told = withoutOthers(toVerdictObject(verdict));
    expect(JSON.stringify(told)).not.toMatch(/2 clients|2021-07-04/);
    expect(told.reasons.map(({ text }) => text)).toEqual([
      'The server is known as a pool from the traffic itself: 198.51.100.7:3333 answered as a pool in monitored traffic.',
      'Which machine it was is not known.',
    ]);
    expect(told.evidence.map((fact) => fact.excerpt)).toContain(own);
  });
});
