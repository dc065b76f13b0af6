import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/base/errors.js';
import { parseLiveUrl } from '../../../../src/intake/sources/live/url.js';

describe('parseLiveUrl', () => {
  it.each([
    ['netflow://127.0.0.1:2056', { kind: 'udp', host: '127.0.0.1', port: 2056, expects: 'netflow' }],
    ['netflow://:9995', { kind: 'udp', host: '::', port: 9995 }],
    ['netflow://', { kind: 'udp', host: '::', port: 2055 }],
    ['ipfix://10.0.0.1', { kind: 'udp', host: '10.0.0.1', port: 4739, expects: 'ipfix' }],
    ['sflow://*', { kind: 'udp', host: '::', port: 6343, expects: 'sflow' }],
    ['udp://[2001:DB8::1]:9996/', { kind: 'udp', host: '2001:db8::1', port: 9996, expects: 'any' }],
    ['udp://[::]?rcvbuf=4M', { kind: 'udp', host: '::', port: 2055, receiveBufferBytes: 4 << 20 }],
    ['UDP://localhost', { kind: 'udp', host: '127.0.0.1' }],
    ['ipfix+tcp://0.0.0.0:4740?idle=60', { kind: 'tcp', host: '0.0.0.0', port: 4740, idleSeconds: 60 }],
    ['ipfix+tcp://', { kind: 'tcp', host: '::', port: 4739 }],
    ['file:///var/log/eve.json', { kind: 'file', path: '/var/log/eve.json', pollMs: 200 }],
    ['file://logs/a%20b', { kind: 'file', path: 'logs/a b' }],
    ['file:///x/*.log?poll=1000', { kind: 'file', path: '/x/*.log', pollMs: 1000 }],
    ['file:///x/eve?.json', { kind: 'file', path: '/x/eve?.json' }],
    ['./logs/100%', { kind: 'file', path: './logs/100%' }],
    ['/var/log', { kind: 'file', path: '/var/log' }],
    ['-', { kind: 'stdin' }],
    ['if://eth0', { kind: 'interface', name: 'eth0', filter: '', snaplen: null }],
    [
      'if://ens1f0.100?filter=tcp%20port+3333&snaplen=512',
      { kind: 'interface', name: 'ens1f0.100', filter: 'tcp port 3333', snaplen: 512 },
    ],
  ])('%s', (url, expected) => {
    expect(parseLiveUrl(url)).toMatchObject({ url, ...expected });
  });

  it.each([
    ['', 'expected netflow://'],
    ['http://127.0.0.1/', 'unknown scheme http://'],
    ['127.0.0.1:2055', 'udp://127.0.0.1:2055'],
    [':2055', 'udp://:2055'],
    ['[::1]:2055', 'udp://[::1]:2055'],
    ['netflow://collector.example:2055', 'no address of this machine'],
    ['netflow://127.0.0.1:99999', 'port 99999'],
    ['netflow://127.0.0.1:x', 'HOST:PORT'],
    ['netflow://::1:2055', 'HOST:PORT'],
    ['netflow://[10.0.0.1]:2055', 'no address'],
    ['netflow://010.0.0.1', 'no address'],
    ['udp://127.0.0.1?rcvbuf=9T', 'rcvbuf'],
    ['udp://127.0.0.1?buffer=9', 'unknown option buffer, expected rcvbuf'],
    ['udp://127.0.0.1?rcvbuf=1M&rcvbuf=2M', 'twice'],
    ['ipfix+tcp://127.0.0.1?idle=0', 'idle 0'],
    ['file://', 'expected a path'],
    ['file:///a%zz', '%20'],
    ['file:///a?poll=1', 'poll 1'],
    ['if://', 'no name of an interface'],
    ['if://-w', 'no name of an interface'],
    ['if://eth0;reboot', 'no name of an interface'],
    ['if://../../etc', 'no name of an interface'],
    ['if://eth0?snaplen=9', 'snaplen 9'],
    ['if://eth0?filter=a%0Ab', 'one line'],
    ['if://eth0\u001b[31m', 'no name of an interface'],
  ])('refuses %j in one line', (url, part) => {
    const failure = (() => {
      try {
        return parseLiveUrl(url);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure).toMatchObject({ code: 'input-url-invalid', message: expect.stringContaining(part) });
    expect((failure as Error).message).toMatch(/^[ -~]*$/);
  });
});
