import type { KeptFrame } from '../../model/evidence-log.js';

/** Block types and options of draft-ietf-opsawg-pcapng §4; little-endian, as everything here. */
const Block = { SECTION: 0x0a0d0d0a, INTERFACE: 1, ENHANCED: 6 } as const;
const Option = { COMMENT: 1, USER_APPLICATION: 4 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Longest comment, bytes. */
const MAX_COMMENT = 1024;

/** A capture of these frames, in the order given, each with its note as a comment. Times are whole microseconds. */
export function encodePcapng(frames: readonly KeptFrame[], comment: string): Buffer {
  const linkTypes = [...new Set(frames.map(({ linkType }) => linkType))];
  return Buffer.concat([
    section(comment),
    ...linkTypes.map((linkType) => interfaceOf(linkType)),
    ...frames.map((frame) => enhanced(frame, linkTypes.indexOf(frame.linkType))),
  ]);
}

function section(comment: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  head.writeUInt16LE(1, 4);
  // Length of the section: not told.
  head.writeBigInt64LE(-1n, 8);
  return block(
    Block.SECTION,
    head,
    option(Option.COMMENT, comment),
    option(Option.USER_APPLICATION, 'rigwatch'),
  );
}

function interfaceOf(linkType: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(linkType, 0);
  return block(Block.INTERFACE, head);
}

function enhanced({ timeUs, wireLength, bytes, note }: KeptFrame, at: number): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(at, 0);
  head.writeUInt32LE(Math.floor(timeUs / 2 ** 32), 4);
  head.writeUInt32LE(timeUs % 2 ** 32, 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(Math.max(wireLength, bytes.length), 16);
  return block(Block.ENHANCED, head, padded(bytes), note === '' ? [] : option(Option.COMMENT, note));
}

function option(code: number, text: string): readonly Buffer[] {
  const bytes = Buffer.from(text).subarray(0, MAX_COMMENT);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(bytes.length, 2);
  return [head, padded(bytes)];
}

/** Options end with a zero one, which only stands where there are any. */
function block(type: number, head: Buffer, ...rest: readonly (Buffer | readonly Buffer[])[]): Buffer {
  const hasOptions = rest.some((part) => !Buffer.isBuffer(part) && part.length > 0);
  const body = Buffer.concat([head, ...rest.flat(), ...(hasOptions ? [Buffer.alloc(4)] : [])]);
  const ends = Buffer.alloc(12);
  ends.writeUInt32LE(type, 0);
  ends.writeUInt32LE(body.length + 12, 4);
  ends.writeUInt32LE(body.length + 12, 8);
  return Buffer.concat([ends.subarray(0, 8), body, ends.subarray(8)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
