/** Languages that the program speaks to people. */
export type Language = 'en' | 'zh-CN';
/** What something is called, in each. */
export type Title = Readonly<Record<Language, string>>;
