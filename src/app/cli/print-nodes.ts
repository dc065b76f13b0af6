import { writeChunks } from '../../deliver/export/chunks.js';
import { formatNodes, toNodeObject } from '../../deliver/print/nodes.js';
import type { NodeSighting } from '../../model/node.js';
import { type GlobalOptions, wantsColor } from './globals.js';

/** Nodes and wallets behind the verdicts: as objects of their own schema, or as a table under its own title. */
export async function printNodes(nodes: readonly NodeSighting[], globals: GlobalOptions): Promise<void> {
  const { stdout } = process;
  if (globals.json)
    return await writeChunks(
      nodes.map((node) => `${JSON.stringify(toNodeObject(node))}\n`),
      stdout,
    );
  const color = wantsColor(globals, stdout);
  await writeChunks([`\n${formatNodes(nodes, { language: globals.lang, color, width: null })}\n`], stdout);
}
