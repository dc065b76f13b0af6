import { vi } from 'vitest';

/** What a command said, and the exit code it left. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a command in this process; what it prints is kept from the terminal. */
export async function saidBy(command: () => Promise<unknown>): Promise<Said> {
  const before = process.exitCode;
  process.exitCode = undefined;
  const [out, err] = ([process.stdout, process.stderr] as const).map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(() => true),
  );
  const textOf = (spy: typeof out) => spy?.mock.calls.map(([chunk]) => String(chunk)).join('') ?? '';
  try {
    await command();
    return { stdout: textOf(out), stderr: textOf(err), code: Number(process.exitCode ?? 0) };
  } finally {
    out?.mockRestore();
    err?.mockRestore();
    process.exitCode = before;
  }
}

/** The JSON objects among the lines of a text. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
