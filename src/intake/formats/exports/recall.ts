/** What exporters have announced once and records rest on: kept over a restart of the process. Plain data. */
import type { Exporter } from './exporter.js';
import { createMessage, viewOf } from './message.js';
import type { SamplingRecall } from './sampling.js';
import { type TemplateReader, templateSetId } from './template-set.js';

export interface DomainRecall {
  readonly exporter: string;
  readonly version: number;
  readonly domain: number;
  readonly sampling: SamplingRecall;
  /** Definitions as they were sent, base64. */
  readonly templates: readonly { readonly isOptions: boolean; readonly definition: string }[];
}

export function recallOf(exporters: Iterable<Exporter>): DomainRecall[] {
  return [...exporters].flatMap(({ figures, domains }) =>
    [...domains.values()]
      .filter(({ templates }) => templates.size > 0)
      .map(({ version, id, sampling, templates }) => ({
        exporter: figures.exporter,
        version,
        domain: id,
        sampling: sampling.recall(),
        templates: [...templates.values()].map(({ isOptions, definition }) => ({
          isOptions,
          definition: definition.toString('base64'),
        })),
      })),
  );
}

/** Learns again what was recalled of one domain. What is above a limit now is left out, as if it were sent. */
export function restoreDomain(exporter: Exporter, recall: DomainRecall, reader: TemplateReader): void {
  const domain = exporter.domain(recall.version, recall.domain);
  if (domain === null) return;
  domain.sampling.restore(recall.sampling);
  for (const { isOptions, definition } of recall.templates) {
    const bytes = Buffer.from(definition, 'base64');
    const message = { ...createMessage(), bytes, view: viewOf(bytes) };
    const setId = templateSetId(recall.version, isOptions);
    reader.read(exporter, domain, message, setId, 0, bytes.length, false);
  }
}
