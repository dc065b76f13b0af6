import { CaptureSource } from './capture.js';
import { FollowSource } from './follow.js';
import type { LiveSource } from './live.js';
import { StdinSource } from './stdin.js';
import { TcpSource } from './tcp.js';
import { UdpSource } from './udp.js';
import { parseLiveUrl } from './url.js';

/** The source that a live input stands for, not started. Throws UsageError where the text is none. */
export function openLive(url: string): LiveSource {
  const input = parseLiveUrl(url);
  switch (input.kind) {
    case 'udp':
      return new UdpSource(input);
    case 'tcp':
      return new TcpSource(input);
    case 'file':
      return new FollowSource(input);
    case 'stdin':
      return new StdinSource(input.url);
    case 'interface':
      return new CaptureSource(input);
  }
}
