/**
 * Checks of JSON values against the grammar of a dialect. A shape never converts: a number in quotes is not
 * a number, a hex string has an exact count of digits.
 */
export type Shape = (value: unknown) => boolean;

/** A JSON object. Fields are read by fixed names only, so the prototype cannot be reached from traffic. */
export type Fields = Readonly<Record<string, unknown>>;

const HEX = /^[0-9a-f]*$/i;
const PREFIXED_HEX = /^0x[0-9a-f]*$/i;
const DECIMAL = /^\d{1,78}(?:\.\d{1,20})?$/;
const JOB_NAME = /^[\x20-\x7e]{1,128}$/;
const WORD = /^[\x21-\x7e]{1,128}$/;

export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Digits without `0x`, from `min` to `max`, both inclusive. */
export function hex(min: number, max = min): Shape {
  return (value) =>
    typeof value === 'string' && value.length >= min && value.length <= max && HEX.test(value);
}

/** Whole bytes of hex, `min` to `max` digits. */
export function hexBytes(min: number, max: number): Shape {
  const digits = hex(min, max);
  return (value) => digits(value) && (value as string).length % 2 === 0;
}

/** `0x` and then `min` to `max` digits. */
export function prefixedHex(min: number, max = min): Shape {
  return (value) =>
    typeof value === 'string' &&
    value.length >= min + 2 &&
    value.length <= max + 2 &&
    PREFIXED_HEX.test(value);
}

/** With or without `0x`. */
export function eitherHex(min: number, max = min): Shape {
  return oneOf(hex(min, max), prefixedHex(min, max));
}

export function oneOf(...shapes: readonly Shape[]): Shape {
  return (value) => shapes.some((shape) => shape(value));
}

export function literal(...allowed: readonly unknown[]): Shape {
  return (value) => allowed.includes(value);
}

/** A string of `min` to `max` characters. */
export function text(min = 1, max = 512): Shape {
  return (value) => typeof value === 'string' && value.length >= min && value.length <= max;
}

export const bool: Shape = (value) => typeof value === 'boolean';
export const finite: Shape = (value) => typeof value === 'number' && Number.isFinite(value);
export const positive: Shape = (value) => finite(value) && (value as number) > 0;
/** A whole number from 0; 64-bit ones lose their last digits in a double, which does not matter here. */
export const whole: Shape = (value) => Number.isInteger(value) && (value as number) >= 0;
/** A number above 0 in decimal digits, as a text. */
export const decimal: Shape = (value) =>
  typeof value === 'string' && DECIMAL.test(value) && Number(value) > 0;
/** A job id or session id: one printable word. */
export const word: Shape = (value) => typeof value === 'string' && WORD.test(value);

/** A job id as pools write it: a word, a number, or several words. */
export const jobName: Shape = (value) =>
  word(value) || whole(value) || (typeof value === 'string' && JOB_NAME.test(value));

/** An array with exactly these elements. */
export function tuple(...shapes: readonly Shape[]): Shape {
  return (value) =>
    Array.isArray(value) && value.length === shapes.length && shapes.every((shape, at) => shape(value[at]));
}

/** An array that begins with these elements and has at most `more` others, each of the shape `tail`. */
export function opening(shapes: readonly Shape[], tail: Shape, more: number): Shape {
  return (value) =>
    Array.isArray(value) &&
    value.length >= shapes.length &&
    value.length <= shapes.length + more &&
    value.every((element, at) => (shapes[at] ?? tail)(element));
}

/** An array of `min` to `max` elements of one shape. */
export function list(of: Shape, min: number, max: number): Shape {
  return (value) => Array.isArray(value) && value.length >= min && value.length <= max && value.every(of);
}

/** An object that has at least these fields. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes);
  return (value) => {
    const object = asFields(value);
    return object !== null && entries.every(([name, shape]) => shape(object[name]));
  };
}

/** An object that has no fields but these. */
export function onlyFields(...names: readonly string[]): Shape {
  const known = new Set(names);
  return (value) => {
    const object = asFields(value);
    return object !== null && Object.keys(object).every((name) => known.has(name));
  };
}

/** Missing or of the shape. */
export function optional(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

export function nullable(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

export function allOf(...shapes: readonly Shape[]): Shape {
  return (value) => shapes.every((shape) => shape(value));
}
