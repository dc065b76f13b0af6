/** Chinese of texts of the command line, by the English one that stands where the command is declared (src/app/cli). */
export type Chinese = Readonly<Record<string, string>>;
