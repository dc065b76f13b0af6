import { fill } from '../../../base/fill.js';
import type { Language } from '../../../model/language.js';

/** Texts of `watch`, in every language; see messages.ts. */
const EN = {
  'watch.listening': 'watching {sources} input(s); saved every {seconds} s into {db}',
  'watch.source': '{url}: {where}',
  'watch.health': 'health and metrics: http://{address}/healthz, /readyz, /metrics',
  'watch.small-buffer':
    '{url}: the system granted a receive buffer of {granted} of {asked} bytes; bursts may be lost: run "sysctl -w net.core.rmem_max={asked}" and start again',
  'watch.new': 'new',
  'watch.raised': 'raised from {before}',
  'watch.reloaded': 'rules read again: version {version}',
  'watch.not-saved': 'nothing is lost yet: it is kept in memory and saved as soon as the database takes it',
  'watch.saved':
    'stopped and saved: {packets} packets, {records} flow records, {confirmed} confirmed, {probable} probable, {suspected} suspected addresses in the database',
  'watch.stopped':
    'stopped: {packets} packets, {records} flow records, {confirmed} confirmed, {probable} probable, {suspected} suspected addresses in the database',
  'watch.unsaved':
    'the end could not be saved: what was found since {since} (news of {unsaved} addresses) is lost; followed files will be read again from there, nothing else',
  'watch.lost':
    'lost: {dropped} datagrams or packets before they were read, {records} flow records and {messages} messages by the exporters’ own count',
} as const;

export type WatchMessageKey = keyof typeof EN;

const ZH: Readonly<Record<WatchMessageKey, string>> = {
  'watch.listening': '正在监视 {sources} 个输入；每 {seconds} 秒保存到 {db}',
  'watch.source': '{url}：{where}',
  'watch.health': '健康检查与指标：http://{address}/healthz、/readyz、/metrics',
  'watch.small-buffer':
    '{url}：系统只给了 {granted} 字节接收缓冲区（请求 {asked} 字节），突发流量可能丢失：请运行 “sysctl -w net.core.rmem_max={asked}” 后重新启动',
  'watch.new': '新发现',
  'watch.raised': '由“{before}”升级',
  'watch.reloaded': '规则已重新读取：版本 {version}',
  'watch.not-saved': '目前没有丢失：数据保留在内存中，数据库可写后立即保存',
  'watch.saved':
    '已停止并保存：数据包 {packets} 个，流记录 {records} 条；库中确认 {confirmed} 个，很可能 {probable} 个，可疑 {suspected} 个地址',
  'watch.stopped':
    '已停止：数据包 {packets} 个，流记录 {records} 条；库中确认 {confirmed} 个，很可能 {probable} 个，可疑 {suspected} 个地址',
  'watch.unsaved':
    '结束时未能保存：{since} 以来的发现（涉及 {unsaved} 个地址）已丢失；下次启动时，被跟踪的文件将从该处重新读取，其余输入无法补读',
  'watch.lost':
    '丢失：读取之前丢失数据报或数据包 {dropped} 个；按导出设备自身计数丢失流记录 {records} 条、报文 {messages} 个',
};

export const WATCH_MESSAGES: Readonly<Record<Language, Readonly<Record<WatchMessageKey, string>>>> = {
  en: EN,
  'zh-CN': ZH,
};

export function watchMessage(
  language: Language,
  key: WatchMessageKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(WATCH_MESSAGES[language][key], values);
}
