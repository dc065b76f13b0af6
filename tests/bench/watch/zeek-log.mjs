/** Zeek's conn.log in JSON, rotated both ways: one file is renamed, the other copied and cut to nothing. */
import { closeSync, copyFileSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const ROTATE_MS = 23_000;
/** Rotated files of each kind that stay. */
const KEPT = 20;
const MINERS = 400;
const MINER_SHARE = 0.005;
const BYTES = 7000;

export class ZeekLog {
  lines = 0;
  miners = 0;
  minerBytes = 0;
  rotations = 0;
  #folder;
  #files;

  constructor(folder) {
    this.#folder = folder;
    this.#files = ['conn', 'conn_long'].map((name, at) => ({
      name,
      isCopied: at === 1,
      fd: openSync(join(folder, `${name}.log`), 'a'),
      at: Date.now() + (ROTATE_MS * (at + 1)) / 2,
      rotated: 0,
    }));
  }

  write(lines) {
    for (let at = 0; at < lines; at++) {
      const file = this.#files[this.lines % 2];
      writeSync(file.fd, `${JSON.stringify(this.#line())}\n`);
    }
    const nowMs = Date.now();
    for (const file of this.#files) if (nowMs >= file.at) this.#rotate(file, nowMs);
  }

  close() {
    for (const { fd } of this.#files) closeSync(fd);
  }

  /** Each line a conversation of its own. */
  #line() {
    const number = this.lines++;
    const isMiner = Math.random() < MINER_SHARE;
    const client = number % (isMiner ? MINERS : 50_000);
    if (isMiner) {
      this.miners++;
      this.minerBytes += BYTES;
    }
    return {
      ts: Date.now() / 1000 - 30,
      uid: `C${number.toString(36)}${process.pid}`,
      'id.orig_h': `10.200.${client >> 8}.${client & 255}`,
      'id.orig_p': 1024 + ((Math.floor(number / 50_000) * 7919 + number) % 60_000),
      'id.resp_h': isMiner ? '203.0.113.99' : '192.0.2.7',
      'id.resp_p': isMiner ? 3333 : 443,
      proto: 'tcp',
      duration: 20.5,
      orig_bytes: BYTES - 400,
      resp_bytes: 900,
      conn_state: 'SF',
      history: 'ShADadFf',
      orig_pkts: 12,
      orig_ip_bytes: BYTES,
      resp_pkts: 9,
      resp_ip_bytes: 1200,
    };
  }

  #rotate(file, nowMs) {
    const path = join(this.#folder, `${file.name}.log`);
    const rotated = (number) => join(this.#folder, `${file.name}.log.${number}`);
    file.at = nowMs + ROTATE_MS;
    file.rotated++;
    this.rotations++;
    if (file.isCopied) {
      copyFileSync(path, rotated(file.rotated));
      ftruncateSync(file.fd);
    } else {
      renameSync(path, rotated(file.rotated));
      closeSync(file.fd);
      file.fd = openSync(path, 'a');
    }
    if (file.rotated > KEPT) rmSync(rotated(file.rotated - KEPT), { force: true });
  }
}
