import { fill } from '../../../base/fill.js';
import type { Language } from '../../../model/language.js';

const EN = {
  format: '{file}: {format}',
  delimiter: 'columns are parted by {delimiter}',
  times: 'numbers of time are in {unit}; text without a zone is in {zone}',
  'times.auto': 'numbers of time are taken by their size (s, ms, us, ns); text without a zone is in {zone}',
  'zone.system': 'the zone of --tz, else that of the system',
  from: 'from {column}',
  'not-mapped': 'not told',
  missing: 'NOT in the first line of the sample',
  records: 'first records of {sample}:',
  'no-records': 'no record of {sample} could be read',
};

export type MappingMessage = keyof typeof EN;

const ZH: Readonly<Record<MappingMessage, string>> = {
  format: '{file}：{format}',
  delimiter: '列分隔符为 {delimiter}',
  times: '数字时间的单位为 {unit}；未注明时区的文本按 {zone} 解释',
  'times.auto': '数字时间按大小判断单位（s、ms、us、ns）；未注明时区的文本按 {zone} 解释',
  'zone.system': '--tz 所给时区，否则为系统时区',
  from: '取自 {column}',
  'not-mapped': '未给出',
  missing: '样本首行中没有该列',
  records: '{sample} 的前几条记录：',
  'no-records': '{sample} 中没有可读取的记录',
};

export const MAPPING_MESSAGES: Readonly<Record<Language, Readonly<Record<MappingMessage, string>>>> = {
  en: EN,
  'zh-CN': ZH,
};

export function mappingMessage(
  language: Language,
  key: MappingMessage,
  values: Readonly<Record<string, string>> = {},
): string {
  return fill(MAPPING_MESSAGES[language][key], values);
}
