/** What goes into the places of a text. */
export type Values = Readonly<Record<string, string | number>>;

const PLACE = /\{([\w-]+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g;

/**
 * Fills the places of a text of a catalogue: `{name}` by its value, `{name|session|sessions}` by the number and the word
 * that goes with it (one, or else). A place without a value becomes empty.
 */
export function fill(template: string, values: Values): string {
  return template.replace(PLACE, (_, name: string, one?: string, many?: string) => {
    const value = values[name] ?? '';
    if (one === undefined || many === undefined) return String(value);
    return `${value} ${value === 1 ? one : many}`;
  });
}
