const CACHE_LINE_BYTES = 64;
/** Bytes that C libraries put before a large block, which begins on a page. */
const ALLOCATOR_BYTES = 16;

/** Where aligned bytes begin in memory of their own. */
export interface AlignedMemory {
  readonly memory: ArrayBuffer;
  readonly offset: number;
}

/**
 * Zeroes whose first byte most likely begins a cache line; right in any case, only slower where it does not. The
 * kernel's copy of a file into what begins 16 bytes behind a page takes half as long again on processors where it is
 * one `rep movsb` (tests/bench/read-alignment.mjs).
 */
export function alignedMemory(byteCount: number): AlignedMemory {
  return {
    memory: new ArrayBuffer(byteCount + CACHE_LINE_BYTES),
    offset: CACHE_LINE_BYTES - ALLOCATOR_BYTES,
  };
}
