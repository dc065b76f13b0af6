/** What levels and categories are called, on the screen, in workbooks and in letters alike. */
import type { Language, Title } from './language.js';
import type { UnitCategory } from './unit.js';
import type { Level } from './verdict.js';

const say = (en: string, zh: string): Title => ({ en, 'zh-CN': zh });

const LEVEL_TITLES: Readonly<Record<Level, Title>> = {
  confirmed: say('confirmed', '确认'),
  probable: say('probable', '很可能'),
  suspected: say('suspected', '可疑'),
  cleared: say('cleared', '已排除'),
};

const CATEGORY_TITLES: Readonly<Record<UnitCategory, Title>> = {
  'party-government': say('party / government', '党政机关'),
  'public-institution': say('public institution', '事业单位'),
  'state-enterprise': say('state enterprise', '国有企业'),
  school: say('school', '学校'),
  hospital: say('hospital', '医院'),
  enterprise: say('enterprise', '企业'),
  carrier: say('carrier', '电信运营商'),
  'data-centre': say('data centre', '数据中心'),
  residential: say('residential', '居民住宅'),
  other: say('other', '其他'),
};

export function levelTitle(language: Language, level: string): string {
  return titleIn(LEVEL_TITLES, language, level);
}

export function categoryTitle(language: Language, category: string): string {
  return titleIn(CATEGORY_TITLES, language, category);
}

/** What a newer version wrote stands for itself. */
function titleIn(titles: Readonly<Record<string, Title>>, language: Language, word: string): string {
  return Object.hasOwn(titles, word) ? (titles[word]?.[language] ?? word) : word;
}
