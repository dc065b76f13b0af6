import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timestampQuery } from '../../../src/deliver/evidence/timestamp-query.js';
import { temporaryFolder } from '../samples.js';

const HASH = createHash('sha256').update('head').digest();

describe('timestampQuery', () => {
  it('is a TimeStampReq of RFC 3161', () => {
    const query = timestampQuery(HASH, Buffer.from('8102030405060708', 'hex'));
    expect(query.toString('hex')).toBe(
      `30440201013031300d0609608648016503040201050004${'20'}${HASH.toString('hex')}0209008102030405060708${'0101ff'}`,
    );
    expect(timestampQuery(HASH, Buffer.from('0000000000000005', 'hex')).toString('hex')).toContain('020105');
    expect(timestampQuery(HASH).equals(timestampQuery(HASH))).toBe(false);
  });

  const openssl = spawnSync('openssl', ['version']).status === 0;
  it.runIf(openssl)('is read by openssl', () => {
    const path = join(temporaryFolder(), 'head.tsq');
    for (const nonce of ['0102030405060708', 'ff02030405060708', '0000000000000000']) {
      writeFileSync(path, timestampQuery(HASH, Buffer.from(nonce, 'hex')));
      const { stdout, status } = spawnSync('openssl', ['ts', '-query', '-in', path, '-text'], {
        encoding: 'utf8',
      });
      expect(status).toBe(0);
      expect(stdout).toContain('Hash Algorithm: sha256');
      expect(stdout).toContain('Certificate required: yes');
      expect(stdout.toLowerCase()).toContain(HASH.subarray(0, 8).toString('hex').match(/../g)?.join(' '));
    }
  });
});
