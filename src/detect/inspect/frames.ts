import type { StratumObservation } from '../../model/observation.js';
import type { Session } from '../../model/session.js';

/** Frames that were kept of a session so far, as an observation tells them. */
export function framesOf({ frames }: Session): Pick<StratumObservation, 'frames'> {
  return frames == null || frames.kept.length === 0 ? {} : { frames: frames.kept };
}
