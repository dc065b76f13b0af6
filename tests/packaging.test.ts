import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

it('the image holds what the package does, but for its papers', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const needed = files
    .map((path) => path.split('/')[0])
    .filter((path) => !/^(docs|schemas|packaging|.*\.md|LICENSE)$/.test(path ?? ''));
  const copied = [...read('packaging/Containerfile').matchAll(/^COPY --from=build \/src\/(\S+)/gm)].map(
    ([, path]) => path,
  );
  expect(copied.sort()).toEqual([...new Set([...needed, 'package.json', 'node_modules'])].sort());
});
