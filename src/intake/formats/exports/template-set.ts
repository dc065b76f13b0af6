/** Template and options template sets: learns, replaces and withdraws templates of a domain. */
import type { Domain, Exporter } from './exporter.js';
import { MAX_TEMPLATES, MAX_TEMPLATES_PER_DOMAIN } from './limits.js';
import { hashOf, type Message } from './message.js';
import type { Tally } from './sink.js';
import { createTemplate, type FieldList, readFields, type Template } from './template.js';

export const FIRST_DATA_SET = 256;
const IPFIX_TEMPLATES = 2;
const IPFIX_OPTIONS = 3;
const V9_TEMPLATES = 0;
const V9_OPTIONS = 1;

/** Id of the set that defines templates of this kind. */
export function templateSetId(version: number, isOptions: boolean): number {
  if (version === 9) return isOptions ? V9_OPTIONS : V9_TEMPLATES;
  return isOptions ? IPFIX_OPTIONS : IPFIX_TEMPLATES;
}

export function isTemplateSet(version: number, id: number): boolean {
  return version === 9 ? id <= V9_OPTIONS : id === IPFIX_TEMPLATES || id === IPFIX_OPTIONS;
}

interface Definition {
  readonly id: number;
  readonly fields: FieldList | null;
  readonly end: number;
  readonly isWithdrawal: boolean;
}

export class TemplateReader {
  /** Templates of all exporters. */
  total = 0;
  /** Changes with every template learnt or withdrawn. */
  revision = 0;
  readonly #tally: Tally;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** The definitions in [from, end); returns the templates that are new or changed. */
  read(
    exporter: Exporter,
    domain: Domain,
    message: Message,
    setId: number,
    from: number,
    end: number,
    canWithdraw: boolean,
  ): Template[] {
    const learnt: Template[] = [];
    const isOptions = setId === V9_OPTIONS || setId === IPFIX_OPTIONS;
    let at = from;
    while (end - at >= 4) {
      const found = readDefinition(message.view, at, end, domain.version, isOptions);
      // Zeros behind the last definition are padding.
      if (found.id === V9_TEMPLATES) break;
      if (found.isWithdrawal) {
        if (canWithdraw) this.#withdraw(domain, found.id, isOptions);
        at = found.end;
        continue;
      }
      if (found.fields === null || found.id < FIRST_DATA_SET) {
        this.#refuse(exporter);
        break;
      }
      const definition = message.bytes.subarray(at, found.end);
      const hash = hashOf(message.view, at, found.end);
      const template = this.#learn(exporter, domain, found, isOptions, hash, definition);
      if (template !== null) learnt.push(template);
      at = found.end;
    }
    return learnt;
  }

  #learn(
    exporter: Exporter,
    domain: Domain,
    found: Definition,
    isOptions: boolean,
    hash: number,
    definition: Buffer,
  ): Template | null {
    const known = domain.templates.get(found.id);
    if (known !== undefined && known.hash === hash && known.isOptions === isOptions) return null;
    const isFull = domain.templates.size >= MAX_TEMPLATES_PER_DOMAIN || this.total >= MAX_TEMPLATES;
    if (known === undefined && isFull) {
      this.#tally.overLimit++;
      return null;
    }
    const template =
      found.fields === null
        ? null
        : createTemplate(found.id, isOptions, found.fields, hash, Buffer.from(definition));
    if (template === null) {
      this.#refuse(exporter);
      return null;
    }
    if (known === undefined) this.total++;
    this.revision++;
    domain.templates.set(found.id, template);
    return template;
  }

  /** RFC 7011 §8.1; the set's own id withdraws all of its kind. */
  #withdraw(domain: Domain, id: number, isOptions: boolean): void {
    for (const template of [...domain.templates.values()]) {
      const isMeant = id >= FIRST_DATA_SET ? template.id === id : template.isOptions === isOptions;
      if (isMeant && domain.templates.delete(template.id)) {
        this.total--;
        this.revision++;
      }
    }
  }

  /** All of the domain's. */
  forget(domain: Domain): void {
    if (domain.templates.size === 0) return;
    this.total -= domain.templates.size;
    this.revision++;
    domain.templates.clear();
  }

  #refuse(exporter: Exporter): void {
    exporter.figures.malformed++;
    this.#tally.refusedTemplates++;
  }
}

function readDefinition(
  view: DataView,
  at: number,
  end: number,
  version: number,
  isOptions: boolean,
): Definition {
  const id = view.getUint16(at);
  const second = view.getUint16(at + 2);
  const broken = { id, fields: null, end, isWithdrawal: false };
  if (version !== 9 && second === 0 && id !== 0) return { id, fields: null, end: at + 4, isWithdrawal: true };
  if (!isOptions) return defined(id, readFields(view, at + 4, end, second, version !== 9, 0), at + 4);
  if (end - at < 6) return { ...broken, id: 0 };
  const third = view.getUint16(at + 4);
  if (version !== 9) return defined(id, readFields(view, at + 6, end, second, true, 0), at + 6);
  // v9 counts bytes: of the scopes, then of the options.
  const scopes = Math.floor(second / 4);
  const count = scopes + Math.floor(third / 4);
  return defined(id, readFields(view, at + 6, end, count, false, scopes), at + 6);
}

function defined(id: number, fields: FieldList | null, from: number): Definition {
  return { id, fields, end: from + (fields?.size ?? 0), isWithdrawal: false };
}
