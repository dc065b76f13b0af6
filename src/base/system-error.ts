import { type Phrase, type PhraseValue, phrase } from './phrase.js';

/** What the operating system refuses, as against our own faults. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

const REASONS: Readonly<Record<string, Phrase>> = {
  EACCES: phrase`permission denied`,
  EDQUOT: phrase`the disk quota is used up`,
  EIO: phrase`the disk reports an error`,
  EISDIR: phrase`it is a folder`,
  ELOOP: phrase`links lead in a circle`,
  EMFILE: phrase`too many files are open`,
  ENAMETOOLONG: phrase`the name is too long`,
  ENOENT: phrase`no such file or folder`,
  ENOSPC: phrase`the disk is full`,
  ENOTDIR: phrase`a part of the path is no folder`,
  EPERM: phrase`permission denied`,
  EROFS: phrase`the file system is read-only`,
};

/** Why the system refused, in words; its code where we have none. */
export function systemReason(error: unknown): PhraseValue {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code === null ? error.message : (REASONS[code] ?? code);
}
