import type { Counters } from '../../base/counters.js';
import type { FlowFields } from '../../model/flow-fields.js';
import type { FlowPattern } from '../../model/flow-pattern.js';
import { rank } from './orient.js';
import {
  CLIENT,
  HASH,
  PANE_SECONDS,
  PairRows,
  type Piece,
  PORTS,
  ROW_WORDS,
  readAddress,
  SERVER,
} from './pair-rows.js';
import { hashWords, ID_MASK, Slots } from './slots.js';

/** Client, server and port; 192 bytes a row and at most 8 of the index. */
const MAX_PAIRS = 262_144;
/** Least that is told of (detection.md §4.4). */
const MIN_RECORDS = 3;
const MIN_SECONDS = 30 * 60;

/** A shorter record begins no row: most of what browsers do ends sooner, sessions do not. */
const MIN_FIRST_SECONDS = 10;

const FIRST_ROWS = 256;
/** Rows looked at for the one to let go. */
const EVICTION_LOOKS = 8;
/** So many records in a row from beyond the pane end it: one damaged time does not. */
const RECORDS_TO_ROLL = 64;
const TCP = 6;
const KEY_WORDS = 8;

export interface PairTableOptions {
  readonly maxPairs?: number;
}

/**
 * Sums up the unsampled TCP records of each client, server and server port over 12 to 24 hours, and tells what they come
 * to where there were enough of them and the server answered. Constant memory; when full, of a few rows the one with the
 * fewest records goes.
 */
export class PairTable {
  readonly #told: (pattern: FlowPattern) => void;
  readonly #maxPairs: number;
  readonly #rows = new PairRows(FIRST_ROWS);
  readonly #slots: Slots;
  /** Nobody can prepare addresses that collide; what is told does not depend on it. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  readonly #key = new Int32Array(KEY_WORDS);
  readonly #piece: Piece = {
    start: 0,
    end: 0,
    packets: 0,
    octets: 0,
    backPackets: 0,
    backOctets: 0,
    tcpFlags: -1,
    clientPort: 0,
    isFromClient: true,
  };
  #origin = { source: '', format: '' };
  #record = 0;
  #used = 0;
  #hand = 0;
  #paneEnd = 0;
  #beyond = 0;
  #evicted = 0;
  #sampled = 0;
  #unoriented = 0;
  #patterns = 0;

  constructor(told: (pattern: FlowPattern) => void, options: PairTableOptions = {}) {
    this.#told = told;
    this.#maxPairs = options.maxPairs ?? MAX_PAIRS;
    this.#slots = new Slots(FIRST_ROWS * 2, (id) => this.#rows.words[id * ROW_WORDS + HASH]!);
  }

  setOrigin(source: string, format: string): void {
    this.#origin = { source, format };
  }

  /** `record` counts from 1. The fields are read at once. */
  add(fields: FlowFields, record: number): void {
    if (fields.protocol !== TCP || fields.ipVersion === 0 || fields.isRefused || fields.packets <= 0) return;
    if (fields.samplingInterval > 1) {
      this.#sampled++;
      return;
    }
    // Some logs have their times blanked.
    if (fields.startUs <= 0) return;
    const isFromClient = this.#isFromClient(fields);
    if (isFromClient === null) {
      this.#unoriented++;
      return;
    }
    this.#record = record;
    const piece = this.#pieceOf(fields, isFromClient);
    this.#keepTime(piece.start);
    const serverPort = isFromClient ? fields.dstPort : fields.srcPort;
    const { bytes, ipVersion, srcOffset, dstOffset } = fields;
    readAddress(bytes, isFromClient ? srcOffset : dstOffset, ipVersion, this.#key, CLIENT);
    readAddress(bytes, isFromClient ? dstOffset : srcOffset, ipVersion, this.#key, SERVER);
    const id = this.#find(serverPort, piece);
    if (id >= 0) this.#rows.add(id, piece);
  }

  /** Tells what is there, at the end of the input or as often as it is wanted; only of pairs that are news. */
  tell(): void {
    // Counted only where something is told: most inputs have nothing to tell.
    let clients: Map<number, number> | null = null;
    for (let id = 0; id < this.#used; id++) {
      if (this.#rows.records(id) < MIN_RECORDS || !this.#rows.isAnswered(id)) continue;
      const [first, last] = [this.#rows.firstSeconds(id), this.#rows.lastSeconds(id)];
      if (last - first < MIN_SECONDS) continue;
      const newRecords = this.#rows.takeUntold(id);
      if (newRecords === 0) continue;
      clients ??= this.#clientsOfServers();
      this.#patterns++;
      this.#told({
        kind: 'flow-pattern',
        timeUs: last * 1e6,
        startUs: first * 1e6,
        client: { ip: this.#rows.address(id, CLIENT), port: this.#rows.clientPort(id) },
        server: { ip: this.#rows.address(id, SERVER), port: this.#rows.serverPort(id) },
        origin: { ...this.#origin, record: this.#record },
        records: this.#rows.records(id),
        newRecords,
        features: this.#rows.features(id, clients.get(this.#serverOf(id)) ?? 1),
      });
    }
  }

  /** Adds what was counted since the last report. */
  report(counters: Counters): void {
    counters.add('records.patterns', this.#patterns);
    counters.add('records.pairs-evicted', this.#evicted);
    counters.add('records.sampled', this.#sampled);
    counters.add('records.unoriented', this.#unoriented);
    this.#patterns = 0;
    this.#evicted = 0;
    this.#sampled = 0;
    this.#unoriented = 0;
  }

  /** By the exporter's word, else by ports; null between equals: whoever guesses there accuses servers. */
  #isFromClient({ isOriented, srcPort, dstPort }: FlowFields): boolean | null {
    if (isOriented) return true;
    const src = rank(srcPort);
    const dst = rank(dstPort);
    return src === dst ? null : src > dst;
  }

  #pieceOf(fields: FlowFields, isFromClient: boolean): Piece {
    const piece = this.#piece;
    const back = Math.max(0, fields.reversePackets);
    const backOctets = Math.max(0, fields.reverseOctets);
    piece.start = Math.floor(fields.startUs / 1e6);
    piece.end = Math.max(piece.start, Math.floor(fields.endUs / 1e6));
    piece.packets = isFromClient ? fields.packets : back;
    piece.octets = isFromClient ? fields.octets : backOctets;
    piece.backPackets = isFromClient ? back : fields.packets;
    piece.backOctets = isFromClient ? backOctets : fields.octets;
    piece.tcpFlags = fields.tcpFlags;
    piece.clientPort = isFromClient ? fields.srcPort : fields.dstPort;
    piece.isFromClient = isFromClient || back > 0;
    return piece;
  }

  /** After 12 hours of record time: tells, and lets the earlier half go. */
  #keepTime(start: number): void {
    if (this.#paneEnd === 0) this.#paneEnd = start + PANE_SECONDS;
    if (start < this.#paneEnd) {
      this.#beyond = 0;
      return;
    }
    if (++this.#beyond < RECORDS_TO_ROLL) return;
    this.tell();
    this.#roll();
    if (start >= this.#paneEnd + PANE_SECONDS) this.#roll();
    this.#paneEnd = Math.max(this.#paneEnd + PANE_SECONDS, start + PANE_SECONDS / 2);
    this.#beyond = 0;
  }

  #roll(): void {
    for (let id = this.#used - 1; id >= 0; id--) if (!this.#rows.roll(id)) this.#remove(id);
  }

  /** The row of the key in hand; -1: there is none, and so brief a record begins none. */
  #find(serverPort: number, piece: Piece): number {
    const key = this.#key;
    const low = hashWords(this.#seed, key[0]!, key[1]!, key[2]!, key[3]!);
    const hash = hashWords(low ^ serverPort, key[4]!, key[5]!, key[6]!, key[7]!);
    const { entries, mask } = this.#slots;
    const { words } = this.#rows;
    for (let at = hash & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const entry = entries[at]!;
      if ((entry ^ hash) >>> 24 !== 0) continue;
      const id = (entry & ID_MASK) - 1;
      const row = id * ROW_WORDS;
      if (words[row + PORTS]! >>> 16 !== serverPort) continue;
      let word = 0;
      while (word < KEY_WORDS && words[row + word] === key[word]) word++;
      if (word === KEY_WORDS) return id;
    }
    const isBrief = piece.end - piece.start < MIN_FIRST_SECONDS;
    return isBrief ? -1 : this.#create(hash, serverPort, piece);
  }

  #create(hash: number, serverPort: number, piece: Piece): number {
    const id = this.#used >= this.#maxPairs ? this.#evict() : this.#used++;
    if (id === this.#rows.capacity) this.#rows.grow();
    const { words } = this.#rows;
    const row = id * ROW_WORDS;
    words.set(this.#key, row);
    words[row + PORTS] = serverPort << 16;
    words[row + HASH] = hash;
    this.#slots.insert(hash, id);
    this.#rows.begin(id, piece);
    return id;
  }

  /** The row that was let go, and is to be filled at once. */
  #evict(): number {
    let worst = this.#hand;
    let fewest = Number.POSITIVE_INFINITY;
    for (let look = 0; look < EVICTION_LOOKS; look++) {
      const id = (this.#hand + look) % this.#used;
      const records = this.#rows.records(id);
      if (records < fewest) [worst, fewest] = [id, records];
    }
    this.#hand = (this.#hand + EVICTION_LOOKS) % this.#used;
    this.#evicted++;
    this.#slots.remove(this.#rows.words[worst * ROW_WORDS + HASH]!, worst);
    return worst;
  }

  /** Rows stay dense: the last one moves into the hole. */
  #remove(id: number): void {
    const { words } = this.#rows;
    const last = --this.#used;
    this.#slots.remove(words[id * ROW_WORDS + HASH]!, id);
    if (last === id) return;
    const hash = words[last * ROW_WORDS + HASH]!;
    this.#slots.remove(hash, last);
    words.copyWithin(id * ROW_WORDS, last * ROW_WORDS, (last + 1) * ROW_WORDS);
    this.#slots.insert(hash, id);
  }

  /** R11, by a hash of the server and its port: rows with the same. */
  #clientsOfServers(): Map<number, number> {
    const clients = new Map<number, number>();
    for (let id = 0; id < this.#used; id++) {
      const server = this.#serverOf(id);
      clients.set(server, (clients.get(server) ?? 0) + 1);
    }
    return clients;
  }

  #serverOf(id: number): number {
    const { words } = this.#rows;
    const at = id * ROW_WORDS + SERVER;
    return hashWords(
      this.#seed ^ this.#rows.serverPort(id),
      words[at]!,
      words[at + 1]!,
      words[at + 2]!,
      words[at + 3]!,
    );
  }
}
