import { describe, expect, it } from 'vitest';
import { PushCounter } from '../../../src/intake/flows/push-counter.js';
import type { PushFeatures } from '../../../src/model/pushes.js';
import { randomFrom } from '../../support/random.js';

type Payload = readonly [seconds: number, side: 0 | 1, bytes: number];
const CLIENT = 0;
const SERVER = 1;

/** What payloads come to; the client is side 0. A last word ends the message under way, as in any conversation that goes on. */
function features(payloads: readonly Payload[]): PushFeatures {
  const counter = new PushCounter(CLIENT, 0);
  for (const [seconds, side, bytes] of payloads) counter.add(side, bytes, seconds * 1e6);
  return counter.features();
}

/** A job every `period` seconds from `from` on. */
function jobs(count: number, period: number, from = 10, bytes = 400): Payload[] {
  return Array.from({ length: count }, (_, at) => [from + at * period, SERVER, bytes + (at % 3)]);
}

describe('pushes', () => {
  it('are messages of a server that was not asked', () => {
    const told = features([...jobs(21, 30), [10 + 21 * 30, CLIENT, 60]]);
    expect(told).toMatchObject({ count: 21, modalShare: 1, timerShare: 1, answered: 0 });
    expect(told.modalBytes).toBeGreaterThanOrEqual(400);
    expect(Math.abs(told.medianSeconds - 30)).toBeLessThan(3);
    expect(told.timerSeconds).toBeCloseTo(30);
    expect(told.serverShare).toBeCloseTo(21 / 22);
  });

  it('are not the answers to what the client asked', () => {
    const asked: Payload[] = [];
    for (let at = 0; at < 50; at++) asked.push([10 + at * 5, CLIENT, 300], [10.2 + at * 5, SERVER, 198]);
    expect(features(asked)).toMatchObject({ count: 0, answered: 0 });
  });

  it('are not late answers either: a long poll', () => {
    const polls: Payload[] = [];
    for (let at = 0; at < 30; at++) polls.push([10 + at * 25, CLIENT, 300], [30 + at * 25, SERVER, 198]);
    expect(features(polls).count).toBe(0);
  });

  it('are told apart from the answers to shares between them', () => {
    const session: Payload[] = [];
    for (let at = 0; at < 20; at++) {
      session.push([10 + at * 20, SERVER, 406], [14 + at * 20, CLIENT, 200], [14.1 + at * 20, SERVER, 90]);
    }
    const told = features([...session, [500, CLIENT, 200]]);
    expect(told).toMatchObject({ count: 20, modalShare: 1, answered: 20 });
    expect(told.answeredShare).toBeCloseTo(20 / 21);
  });

  it('count as one where they come in several segments', () => {
    const cut = jobs(10, 30).flatMap(([seconds, side, bytes]): Payload[] => [
      [seconds, side, 100],
      [seconds + 0.01, side, bytes - 100],
    ]);
    expect(features([...cut, [400, CLIENT, 1]])).toMatchObject({ count: 10, modalShare: 1 });
  });

  it('leave out the first two seconds', () => {
    const hello: Payload[] = [
      [0, CLIENT, 500],
      [0.1, SERVER, 1400],
      [0.3, SERVER, 255],
      [1.5, SERVER, 400],
    ];
    expect(features([...hello, ...jobs(5, 30), [300, CLIENT, 1]])).toMatchObject({ count: 5, modalShare: 1 });
  });

  it('of many lengths have no mode to speak of', () => {
    const random = randomFrom(5);
    const noise = jobs(400, 3).map(
      ([seconds, side]): Payload => [seconds, side, 100 + Math.floor(random() * 1200)],
    );
    expect(features(noise).modalShare).toBeLessThan(0.2);
  });

  it('never claim more of one length or rhythm than there are', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed);
      let at = 3;
      const payloads: Payload[] = [];
      for (let index = 0; index < 60; index++) {
        at += random() * 40;
        payloads.push([at, random() < 0.7 ? SERVER : CLIENT, 100 + Math.floor(random() * 4) * 30]);
      }
      const told = features(payloads);
      const server = payloads.filter(([, side]) => side === SERVER).length;
      expect(told.count).toBeLessThanOrEqual(server);
      for (const share of [told.modalShare, told.timerShare, told.serverShare, told.answeredShare]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      for (const value of Object.values(told)) expect(Number.isFinite(value)).toBe(true);
    }
  });

  it('take times that go back, stand still or jump', () => {
    const told = features([
      [10, SERVER, 400],
      [9, SERVER, 400],
      [9, CLIENT, 100],
      [1e9, SERVER, 400],
      [20, SERVER, 400],
    ]);
    for (const value of Object.values(told)) expect(Number.isFinite(value)).toBe(true);
  });
});
