/** Builds pcapng blocks, in either byte order. */

const u16 = (big: boolean, ...values: number[]) => {
  const out = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => {
    big ? out.writeUInt16BE(value, at * 2) : out.writeUInt16LE(value, at * 2);
  });
  return out;
};

const u32 = (big: boolean, ...values: number[]) => {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    big ? out.writeUInt32BE(value, at * 4) : out.writeUInt32LE(value, at * 4);
  });
  return out;
};

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const halves = (ticks: bigint) => [Number(ticks >> 32n), Number(ticks & 0xffffffffn)] as const;

export function block(big: boolean, type: number, body: Buffer): Buffer {
  const length = 12 + padded(body).length;
  return Buffer.concat([u32(big, type, length), padded(body), u32(big, length)]);
}

export const section = (big: boolean) =>
  block(big, 0x0a0d0d0a, Buffer.concat([u32(big, 0x1a2b3c4d), u16(big, 1, 0), Buffer.alloc(8, 0xff)]));

export const option = (big: boolean, code: number, value: Buffer) =>
  Buffer.concat([u16(big, code, value.length), padded(value)]);

export const interfaceBlock = (
  big: boolean,
  linkType: number,
  first: Buffer = Buffer.alloc(0),
  second: Buffer = Buffer.alloc(0),
  snapLength = 0,
) =>
  block(big, 1, Buffer.concat([u16(big, linkType, 0), u32(big, snapLength), first, second, u16(big, 0, 0)]));

export const enhanced = (big: boolean, id: number, ticks: bigint, data: Buffer, wireLength = data.length) =>
  block(big, 6, Buffer.concat([u32(big, id, ...halves(ticks), data.length, wireLength), data]));

export const obsolete = (big: boolean, id: number, ticks: bigint, data: Buffer) =>
  block(
    big,
    2,
    Buffer.concat([u16(big, id, 0xffff), u32(big, ...halves(ticks), data.length, data.length), data]),
  );

export const simple = (big: boolean, data: Buffer, wireLength: number) =>
  block(big, 3, Buffer.concat([u32(big, wireLength), data]));
