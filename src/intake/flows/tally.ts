import type { Counters } from '../../base/counters.js';
import type { FrameTally } from './frame-ring.js';

/** What a flow table counts, as plain numbers while it runs. Names in the summary: docs/performance.md. */
export class FlowTally {
  tcp = 0;
  udp = 0;
  expired = 0;
  evicted = 0;
  reused = 0;
  sessionsOpened = 0;
  sessionsDismissed = 0;
  sessionsGlanced = 0;
  sessionsOverLimit = 0;
  sessionsOverBudget = 0;

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    counters.add('flow.tcp', this.tcp);
    counters.add('flow.udp', this.udp);
    counters.add('flow.expired', this.expired);
    counters.add('flow.evicted', this.evicted);
    counters.add('flow.reused', this.reused);
    counters.add('session.opened', this.sessionsOpened);
    counters.add('session.dismissed', this.sessionsDismissed);
    counters.add('session.glanced', this.sessionsGlanced);
    counters.add('session.limit', this.sessionsOverLimit);
    counters.add('tcp.budget', this.sessionsOverBudget);
    this.tcp = this.udp = this.expired = this.evicted = this.reused = 0;
    this.sessionsOpened =
      this.sessionsDismissed =
      this.sessionsGlanced =
      this.sessionsOverLimit =
      this.sessionsOverBudget =
        0;
  }
}

/** What all streams of a table count together. */
export class StreamTally implements FrameTally {
  /** Bytes that wait now, in all streams, with what it costs to keep them. */
  waitingBytes = 0;
  gaps = 0;
  gapBytes = 0;
  overlaps = 0;
  retransmissions = 0;
  keepAlives = 0;
  outOfOrder = 0;
  outOfWindow = 0;
  resyncs = 0;
  snapped = 0;
  framesLeftOut = 0;
  framesCut = 0;

  /** Adds what was counted since the last call. */
  report(counters: Counters): void {
    counters.add('tcp.gap', this.gaps);
    counters.add('tcp.gap-bytes', this.gapBytes);
    counters.add('tcp.overlap', this.overlaps);
    counters.add('tcp.retransmission', this.retransmissions);
    counters.add('tcp.keep-alive', this.keepAlives);
    counters.add('tcp.out-of-order', this.outOfOrder);
    counters.add('tcp.out-of-window', this.outOfWindow);
    counters.add('tcp.resync', this.resyncs);
    counters.add('tcp.snap', this.snapped);
    counters.add('excerpt.frame-left-out', this.framesLeftOut);
    counters.add('excerpt.frame-cut', this.framesCut);
    this.gaps = this.gapBytes = this.overlaps = this.retransmissions = this.keepAlives = 0;
    this.outOfOrder = this.outOfWindow = this.resyncs = this.snapped = 0;
    this.framesLeftOut = this.framesCut = 0;
  }
}
