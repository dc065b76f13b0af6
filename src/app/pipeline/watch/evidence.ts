import { InputError, RigwatchError } from '../../../base/errors.js';
import { EVIDENCE_BROKEN, type EvidenceRecorder } from '../evidence-recorder.js';

/** The evidence log of a watch, and its anchor: their trouble is told once, and ends nothing. */
export class WatchEvidence {
  readonly #recorder: EvidenceRecorder | undefined;
  readonly #onTrouble: (error: RigwatchError) => void;
  #error: RigwatchError | null = null;
  /** Under way; null: none. */
  #anchoring: Promise<void> | null = null;

  /** Without a recorder no log is kept. */
  constructor(recorder: EvidenceRecorder | undefined, onTrouble: (error: RigwatchError) => void) {
    this.#recorder = recorder;
    this.#onTrouble = onTrouble;
  }

  /** After a checkpoint was saved. */
  record(rulesVersion: string): void {
    const recorder = this.#recorder;
    if (recorder === undefined) return;
    let isRecorded = false;
    try {
      const { isBroken } = recorder.record(rulesVersion);
      if (isBroken) this.#onTrouble(new InputError('evidence-broken', EVIDENCE_BROKEN));
      isRecorded = true;
    } catch (error) {
      this.#troubled(error);
    }
    // One that is slow to arrive is not overtaken; the next checkpoint sends what it missed.
    this.#anchoring ??= recorder
      .anchor()
      .then(() => {
        if (isRecorded) this.#error = null;
      })
      .catch((error: unknown) => this.#troubled(error))
      .finally(() => {
        this.#anchoring = null;
      });
  }

  /** Waits for the anchor under way; `isSaved`: anchors what the last checkpoint recorded, too. */
  async end(isSaved: boolean): Promise<void> {
    await this.#anchoring;
    if (isSaved) await this.#recorder?.anchor().catch((error: unknown) => this.#troubled(error));
  }

  #troubled(error: unknown): void {
    if (!(error instanceof RigwatchError)) throw error;
    if (this.#error?.code !== error.code) this.#onTrouble(error);
    this.#error = error;
  }
}
