import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import { anchorLine, putAnchor } from '../../deliver/evidence/anchor.js';
import type { SigningKey } from '../../deliver/evidence/key.js';
import { EvidenceLog, logPathOf } from '../../deliver/evidence/log.js';
import type { Store, StoredVerdict } from '../../deliver/store/index.js';
import type { Entry, EntryContent, LogHead } from '../../model/evidence-log.js';
import { changeOf, evidenceBody, materialOf, type SensorStatement } from './evidence-body.js';

/** One line for the operator. */
export const EVIDENCE_BROKEN = phrase`the evidence log is not as the database knew it: entries are missing or were changed; the log says so from now on, see rigwatch evidence verify`;
/** Addresses of one batch: one write to the disk, one transaction. */
const BATCH = 100;

export interface RecorderOptions {
  readonly version: string;
  readonly sensor: SensorStatement;
  /** File or URL that heads are put to; null: none. */
  readonly anchor: string | null;
  nowMs(): number;
}

export interface Recorded {
  readonly entries: number;
  /** The log was not as the database knew it; that stands in it now. */
  readonly isBroken: boolean;
}

/** A verdict that is not what the log says of its address. */
interface NewVerdict {
  readonly verdict: StoredVerdict;
  readonly material: string;
  readonly logged: string | null;
}

/**
 * Brings the evidence log up to date with the verdicts: an entry for each flagged one that is new or materially other than
 * what was logged of its address. The file is written within the write transaction of the database, whose lock keeps
 * other processes from it; a kill between the two leaves the log ahead, which the next run takes up.
 */
export class EvidenceRecorder {
  readonly #store: Store;
  readonly #options: RecorderOptions;
  #unanchored: { readonly head: LogHead; readonly key: SigningKey } | null = null;

  constructor(store: Store, options: RecorderOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Throws StoreError where key or log refuse; what is due stays due. */
  record(rulesVersion: string): Recorded {
    const sum = { entries: 0, isBroken: false };
    for (;;) {
      const ips = this.#store.evidenceLog.due(BATCH);
      if (ips.length === 0) return sum;
      const { entries, isBroken } = this.#store.atomically(() => this.#batch(ips, rulesVersion));
      sum.entries += entries;
      sum.isBroken ||= isBroken;
    }
  }

  /** Puts the head outside if it moved. Rejects with StoreError where it does not arrive; the next call tries again. */
  async anchor(): Promise<void> {
    const { anchor, nowMs } = this.#options;
    const last = this.#unanchored;
    if (anchor === null || last === null) return;
    await putAnchor(anchor, anchorLine(last.head, formatTime(nowMs() * 1000) ?? '', last.key));
    if (this.#unanchored === last) this.#unanchored = null;
  }

  #batch(ips: readonly string[], rulesVersion: string): Recorded {
    const table = this.#store.evidenceLog;
    if (this.#news(ips).length === 0) {
      table.settle(ips);
      return { entries: 0, isBroken: false };
    }
    return this.#opened((log) => {
      // What the log holds already, written before a kill, is not written again.
      const news = this.#news(ips);
      log.append(news.map((one) => this.#content(one, rulesVersion)));
      for (const { verdict, material } of news) table.saveLogged(verdict.ip, material);
      table.settle(ips);
      return { entries: news.length, isBroken: log.isBroken };
    });
  }

  /** Closes the file of the log and goes on in a new one. Returns where the former lies now, and the head. */
  rotate(): { readonly closed: string; readonly head: LogHead; readonly isBroken: boolean } {
    // What is ahead of the database is taken up first: a kill in the middle then leaves but one entry ahead.
    const isBroken = this.#store.atomically(() => this.#opened((log) => log.isBroken));
    return this.#store.atomically(() =>
      this.#opened((log) => {
        const closed = log.rotate(formatTime(this.#options.nowMs() * 1000) ?? '');
        return { closed, head: log.head, isBroken };
      }),
    );
  }

  /** To be called within atomically(): what is done to the log, with the head that it then has. */
  #opened<T>(action: (log: EvidenceLog) => T): T {
    const table = this.#store.evidenceLog;
    const atUs = this.#options.nowMs() * 1000;
    const [known = null] = table.heads(1);
    const log = EvidenceLog.open(logPathOf(this.#store.path), {
      time: formatTime(atUs) ?? '',
      version: this.#options.version,
      known: known === null ? null : { log: known.log, seq: known.seq, hash: known.hash },
    });
    try {
      for (const entry of log.ahead) this.#adopt(entry);
      const result = action(log);
      table.addHead({ ...log.head, key: log.key.public.fingerprint, atUs });
      this.#unanchored = { head: log.head, key: log.key };
      return result;
    } finally {
      log.close();
    }
  }

  #news(ips: readonly string[]): readonly NewVerdict[] {
    const news: NewVerdict[] = [];
    for (const ip of ips) {
      const verdict = this.#store.loadVerdict(ip);
      if (verdict === null) continue;
      const [material, logged] = [materialOf(verdict), this.#store.evidenceLog.logged(ip)];
      if (material !== logged) news.push({ verdict, material, logged });
    }
    return news;
  }

  #content({ verdict, material, logged }: NewVerdict, rules: string): EntryContent {
    const { version, sensor, nowMs } = this.#options;
    const body = {
      ...changeOf(verdict.level, logged),
      material,
      ...evidenceBody(this.#store, verdict, sensor, { rigwatch: version, rules }),
    };
    return { kind: 'verdict', time: formatTime(nowMs() * 1000) ?? '', body };
  }

  #adopt({ kind, body }: Entry): void {
    const ip = (body.verdict as { readonly ip?: unknown } | undefined)?.ip;
    if (kind === 'verdict' && typeof ip === 'string' && typeof body.material === 'string')
      this.#store.evidenceLog.saveLogged(ip, body.material);
  }
}
