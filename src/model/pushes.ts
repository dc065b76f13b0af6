/**
 * What one server says unasked in one TCP conversation: a push is a message of the server while no message of the client
 * waits for an answer (detection.md §4.1; the numbers F1… are its features, §4.2). Messages are payload of one direction
 * without a pause of 50 ms in it; what is sent again does not count, nor do the first two seconds. No judgement.
 */
export interface PushFeatures {
  /** F1. */
  readonly count: number;
  /** From the end of the first two seconds to the last message. */
  readonly seconds: number;
  /** F2, F3: share of pushes whose length is within 8 bytes of their most frequent one, at least; that length, TCP payload. */
  readonly modalShare: number;
  readonly modalBytes: number;
  /** Time between two pushes in a row, seconds: half are shorter. To a tenth. */
  readonly medianSeconds: number;
  /** F4: the server's share of all messages. */
  readonly serverShare: number;
  /** F10: payload of both directions. */
  readonly bytesPerMinute: number;
  /** F12: messages of the client that a short one answered within a second, and their share of all that it sent. */
  readonly answered: number;
  readonly answeredShare: number;
  /** F14: share of intervals within a tenth of their most frequent one, at least; that interval, seconds. */
  readonly timerShare: number;
  readonly timerSeconds: number;
}

export type PushFeature = keyof PushFeatures;

export const PUSH_FEATURES: readonly [PushFeature, ...PushFeature[]] = [
  'count',
  'seconds',
  'modalShare',
  'modalBytes',
  'medianSeconds',
  'serverShare',
  'bytesPerMinute',
  'answered',
  'answeredShare',
  'timerShare',
  'timerSeconds',
];
