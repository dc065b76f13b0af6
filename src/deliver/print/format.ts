import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Language } from '../../model/language.js';
import type { Level, VerdictPool } from '../../model/verdict.js';

/** Where the monitored networks are: a pool in another country is overseas. */
export const HOME_COUNTRY = 'CN';
const LONG_WALLET = 14;

const SGR: Readonly<Record<Level, string>> = {
  confirmed: '1;31',
  probable: '33',
  suspected: '36',
  cleared: '32',
};

export function colored(text: string, level: Level, color: boolean): string {
  return color ? `\u001b[${SGR[level]}m${text}\u001b[0m` : text;
}

export function bold(text: string, color: boolean): string {
  return color ? `\u001b[1m${text}\u001b[0m` : text;
}

/** Three digits, rounded down: 0.9996 is not 1. */
export function formatScore(score: number): string {
  return (Math.floor(Math.min(score, 0.999999) * 1000 + 1e-9) / 1000).toFixed(3);
}

/** `21h23m`, `45s`; in Chinese `21小时23分`, `45秒`. */
export function formatDuration(seconds: number, language: Language): string {
  const text = shortDuration(seconds);
  return language === 'en'
    ? text
    : text.replace(
        /(\d+)([dhms])/g,
        (_, count: string, unit: string) => `${Number(count)}${UNITS_ZH[unit] ?? unit}`,
      );
}

const UNITS_ZH: Readonly<Record<string, string>> = { d: '天', h: '小时', m: '分', s: '秒' };

function shortDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${pad(whole % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h${pad(minutes % 60)}m` : `${Math.floor(hours / 24)}d${pad(hours % 24)}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `2021-07-03T02:11Z`; `?` where the time cannot be shown. */
export function formatMinute(timeUs: number): string {
  const text = formatTime(timeUs);
  return text === null ? '?' : `${text.slice(0, -8)}Z`;
}

export function formatSecond(timeUs: number): string {
  const text = formatTime(timeUs);
  return text === null ? '?' : `${text.slice(0, -5)}Z`;
}

export function poolName(pool: VerdictPool): string {
  const name = pool.host ?? pool.address;
  const shown = name.includes(':') ? formatEndpoint(name, pool.port) : `${name}:${pool.port}`;
  return printable(pool.tls ? `${shown}/tls` : shown);
}

/** `SupportXMR, US overseas`; empty where nothing is known. */
export function poolOwner(pool: VerdictPool, overseas: string): string {
  const country =
    pool.country === null || pool.country === HOME_COUNTRY ? pool.country : `${pool.country} ${overseas}`;
  return [pool.operator, country]
    .filter((text) => text !== null)
    .map((text) => printable(text))
    .join(', ');
}

/** The ends of a wallet are what people compare. */
export function shortWallet(wallet: string): string {
  const shown = printable(wallet);
  return shown.length > LONG_WALLET ? `${shown.slice(0, 6)}…${shown.slice(-6)}` : shown;
}
