import type { Evidence } from '../../../model/evidence.js';
import { type FlowRecord, sessionKey } from '../../../model/flow.js';
import type { PushRule } from '../../../model/rule.js';
import { weighPushes } from '../kinds/pushes.js';
import { evidenceOf, sceneOf } from './weigher.js';

/** What a server says unasked in a conversation: group B of packets. */
export function matchPushes(rules: readonly PushRule[], seen: FlowRecord): Evidence[] {
  const { pushes, client, server, startUs, endUs, toServer, toClient } = seen;
  if (pushes === undefined) return [];
  const scene = sceneOf(
    { ...seen, timeUs: endUs },
    {
      session: sessionKey(client, server, startUs),
      bothDirections: toServer.payloadPackets > 0 && (toClient?.payloadPackets ?? 0) > 0,
      firstUs: startUs,
    },
  );
  return rules.flatMap((rule) => {
    const excerpt = weighPushes(rule, pushes);
    return excerpt === null ? [] : [evidenceOf(rule, rule.weight, scene, { host: null, excerpt })];
  });
}
