/** What a running watch says of itself. */

export async function measure(health) {
  const text = await (await fetch(`http://${health}/metrics`)).text();
  const sum = (name, label = '') =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'))]
      .filter(([, labels = '']) => labels.includes(label))
      .reduce((total, [, , value]) => total + Number(value), 0);
  const of = (exporter) => ({
    records: sum('rigwatch_exporter_records_total', `exporter="${exporter}`),
    lost: sum('rigwatch_exporter_lost_records', `exporter="${exporter}`),
    lostMessages: sum('rigwatch_exporter_lost_messages', `exporter="${exporter}`),
    malformed: sum('rigwatch_exporter_malformed_total', `exporter="${exporter}`),
  });
  const logRecords = sum('rigwatch_flow_records_total', 'source="file:');
  return {
    records: sum('rigwatch_flow_records_total') - logRecords,
    logRecords,
    lost: sum('rigwatch_exporter_lost_records'),
    lostMessages: sum('rigwatch_exporter_lost_messages'),
    dropped: sum('rigwatch_source_dropped_total'),
    rss: sum('process_resident_memory_bytes'),
    heap: sum('process_heap_used_bytes'),
    save: sum('rigwatch_checkpoint_duration_seconds'),
    savedSeconds: sum('rigwatch_checkpoint_age_seconds'),
    verdicts: sum('rigwatch_verdicts'),
    counters: (name) => sum('rigwatch_events_total', `name="${name}"`),
    of,
  };
}

/** Least squares through [x, y]. */
export function slopeOf(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

export function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
