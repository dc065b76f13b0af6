import { describe, expect, it } from 'vitest';
import { communityId } from '../../src/base/community-id.js';

/** Vectors of the specification's baseline (TCP, UDP, SCTP; seed 0). */
describe('Community ID', () => {
  it.each([
    ['128.232.110.120', 34_855, '66.35.250.204', 80, 6, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
    ['10.0.0.1', 1234, '127.0.0.1', 80, 6, '1:F/BCgQTUT/FXrTnSBgdsKwJ26iE='],
  ])('%s:%d to %s:%d', (ip, port, other, otherPort, protocol, id) => {
    expect(communityId({ ip, port }, { ip: other, port: otherPort }, protocol)).toBe(id);
    expect(communityId({ ip: other, port: otherPort }, { ip, port }, protocol)).toBe(id);
    expect(communityId({ ip, port }, { ip: other, port: otherPort }, protocol, 1)).not.toBe(id);
  });

  it('orders ends of one address by port, takes IPv6, and nothing else', () => {
    const low = { ip: '2001:db8::1', port: 1 };
    const high = { ip: '2001:db8::1', port: 2 };
    expect(communityId(low, high, 17)).toBe(communityId(high, low, 17));
    expect(communityId(low, high, 17)).not.toBe(communityId(low, high, 6));
    expect(communityId({ ip: '10.0.0.1', port: 1 }, high, 6)).toBeNull();
    expect(communityId({ ip: 'pool.example', port: 1 }, high, 6)).toBeNull();
    expect(communityId(low, high, 1)).toBeNull();
  });
});
