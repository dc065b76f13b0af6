/** What commander finds wrong with a command line, and its Chinese; `$1` … are words of that line, or of the commands. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^error: missing required argument '(.*)'$/s, '错误：缺少参数“$1”'],
  [/^error: option '(.*)' argument missing$/s, '错误：选项“$1”缺少值'],
  [/^error: required option '(.*)' not specified$/s, '错误：缺少必需的选项“$1”'],
  [/^error: option '(.*)' cannot be used with option '(.*)'$/s, '错误：选项“$1”与“$2”不能同时使用'],
  [/^error: unknown option '(.*)'/s, '错误：未知选项“$1”'],
  [/^error: unknown command '(.*)'/s, '错误：未知命令“$1”'],
  [
    /^error: too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.$/s,
    '错误：“$1”的参数过多：应为 $2 个，实为 $3 个',
  ],
  [
    /^error: too many arguments\. Expected (\d+) arguments? but got (\d+)\.$/,
    '错误：参数过多：应为 $1 个，实为 $2 个',
  ],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s,
    '错误：选项“$1”的值“$2”无效，可选：$3',
  ],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/s,
    '错误：参数“$2”的值“$1”无效，可选：$3',
  ],
  [/\n\(Did you mean one of (.*)\?\)$/, '\n（您是否要用以下之一：$1？）'],
  [/\n\(Did you mean (.*)\?\)$/, '\n（您是否要用 $1？）'],
];

/** The same in Chinese; as it is where it is none of these. */
export function chineseFault(text: string): string {
  return FAULTS.reduce((said, [fault, chinese]) => said.replace(fault, chinese), text);
}
