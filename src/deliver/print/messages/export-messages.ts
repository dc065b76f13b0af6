import { fill } from '../../../base/fill.js';
import type { Language } from '../../../model/language.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Remarks of `rigwatch export`; `{name}` is filled in. */
const EXPORT_MESSAGES = {
  suspects: say('{file}: {count} suspects, {bytes} bytes', '{file}：{count} 个涉嫌地址，{bytes} 字节'),
  pools: say('{file}: {count} pools, {bytes} bytes', '{file}：{count} 个矿池端点，{bytes} 字节'),
  'dry-run': say('dry run, nothing was written: {told}', '试运行，未写入任何内容：{told}'),
  'held-back': say(
    '{count} pool endpoints are not for block lists (local, own, or of a network that fronts for anybody)',
    '{count} 个矿池端点不宜封堵（本地地址、自有地址，或共享前端网络）',
  ),
} as const;

export function exportMessage(
  language: Language,
  key: keyof typeof EXPORT_MESSAGES,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(EXPORT_MESSAGES[key][language], values);
}
