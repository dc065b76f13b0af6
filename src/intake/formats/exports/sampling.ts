/** How many packets stand behind a counted one: told by the record itself, by its sampler, or for a whole domain. */
import { Slot } from './elements.js';
import { MAX_SAMPLERS } from './limits.js';
import { type Message, readUint } from './message.js';
import type { Template } from './template.js';

const MAX_INTERVAL = 0xffffffff;

export interface SamplingRecall {
  readonly interval: number;
  /** Sampler id and interval. */
  readonly samplers: readonly (readonly [sampler: number, interval: number])[];
}

export class Sampling {
  /** For records that name no sampler; 0: not told, or told differently by several samplers. */
  interval = 0;
  readonly #samplers = new Map<number, number>();

  /** An options data record (RFC 3954 §6.2, RFC 5477 §8.2): keeps the interval it announces. */
  announce(template: Template, message: Message, at: number): void {
    const interval = intervalIn(template, message, at);
    if (interval === 0) return;
    const sampler = samplerIn(template, message, at);
    if (sampler < 0) {
      this.interval = interval;
      return;
    }
    if (this.#samplers.size >= MAX_SAMPLERS && !this.#samplers.has(sampler)) return;
    this.#samplers.set(sampler, interval);
    const all = new Set(this.#samplers.values());
    this.interval = all.size === 1 ? interval : 0;
  }

  /** What was announced, to be kept over a restart. */
  recall(): SamplingRecall {
    return { interval: this.interval, samplers: [...this.#samplers] };
  }

  restore({ interval, samplers }: SamplingRecall): void {
    this.interval = interval;
    for (const [sampler, told] of samplers) this.#samplers.set(sampler, told);
  }

  /** Of a data record; 0 where nobody has told. */
  of(template: Template, message: Message, at: number): number {
    if (!template.layout.hasSampling) return this.interval;
    const own = intervalIn(template, message, at);
    if (own > 0) return own;
    return this.#samplers.get(samplerIn(template, message, at)) ?? this.interval;
  }
}

function samplerIn(template: Template, message: Message, at: number): number {
  const slot = template.offsets[Slot.SAMPLER_ID]! >= 0 ? Slot.SAMPLER_ID : Slot.SELECTOR_ID;
  const offset = template.offsets[slot]!;
  return offset < 0 ? -1 : readUint(message.view, at + offset, template.widths[slot]!);
}

function intervalIn(template: Template, message: Message, at: number): number {
  const { offsets, widths } = template;
  const read = (slot: number): number =>
    offsets[slot]! < 0 ? 0 : readUint(message.view, at + offsets[slot]!, widths[slot]!);
  const told = read(Slot.SAMPLING_INTERVAL) || read(Slot.SAMPLER_INTERVAL);
  const taken = read(Slot.SAMPLING_PACKETS);
  const size = read(Slot.SAMPLING_SIZE);
  let interval = told;
  if (interval === 0 && taken > 0) {
    // Without the space beside it, exporters mean the old samplingInterval.
    const hasSpace = offsets[Slot.SAMPLING_SPACE]! >= 0;
    interval = hasSpace ? (taken + read(Slot.SAMPLING_SPACE)) / taken : taken;
  } else if (interval === 0 && size > 0) interval = read(Slot.SAMPLING_POPULATION) / size;
  return interval >= 1 && interval <= MAX_INTERVAL ? interval : 0;
}
