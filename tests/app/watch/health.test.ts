import { expect, it } from 'vitest';
import { MAX_EXPORTER_LABELS, watchHealth } from '../../../src/app/pipeline/watch/health.js';
import type { WatchFigures } from '../../../src/app/pipeline/watch/watch.js';
import { Exporter, type ExporterFigures } from '../../../src/intake/formats/exports/exporter.js';

const figures = (changes: Partial<WatchFigures> = {}): WatchFigures => ({
  startedMs: 1_000_000,
  checkpointMs: null,
  checkpointError: null,
  checkpointSeconds: 0.01,
  rulesVersion: 'r',
  feeds: [],
  exporters: [],
  targets: [],
  levels: [{ level: 'confirmed', count: 3 }],
  counters: { 'flow.tcp': 7 },
  unsaved: 0,
  ...changes,
});

const healthOf = (at: WatchFigures, nowMs: number) =>
  watchHealth({ intervalMs: 10_000, version: 'v', nowMs: () => nowMs, figures: () => at });

function exporter(name: string, datagrams: number): ExporterFigures {
  const { figures } = new Exporter(name, 0);
  return { ...figures, datagrams, lost: 2, templateMisses: 1 };
}

it('is not well when nothing was saved for too long', () => {
  expect(healthOf(figures(), 1_030_000).health()).toEqual([]);
  expect(healthOf(figures(), 1_100_000).health()).toEqual(['nothing was saved for 100 s']);
  expect(healthOf(figures({ checkpointMs: 1_090_000 }), 1_100_000).health()).toEqual([]);
  expect(healthOf(figures({ checkpointError: 'disk full' }), 1_010_000).readiness()).toEqual(['disk full']);
});

it('names each exporter, but no more than it has labels for', () => {
  const exporters = Array.from({ length: 1000 }, (_, at) =>
    exporter(`192.0.${at >> 8}.${at & 255}`, 1000 - at),
  );
  const metrics = healthOf(figures({ exporters }), 1_000_000).metrics();
  const samples = metrics.find(({ name }) => name === 'rigwatch_exporter_lost_records')?.samples ?? [];
  expect(samples).toHaveLength(MAX_EXPORTER_LABELS + 1);
  const other = samples.find(({ labels }) => labels.exporter === 'other');
  expect(other?.value).toBe(2 * (1000 - MAX_EXPORTER_LABELS));
  expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(2000);
});

it('has a name of its own for each metric, and the unit in it', () => {
  const metrics = healthOf(figures(), 1_000_000).metrics();
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
  for (const { name, kind, help } of metrics) {
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    // What promtool check metrics asks for.
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect(name).not.toMatch(
      /_(counter|gauge|histogram|summary|count|sum|bucket|ms|us|milliseconds|kb|mb)(_|$)/,
    );
    expect(help).not.toBe('');
  }
});
