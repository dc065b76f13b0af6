/** TCP options of SYN packets as systems send them (p0f 3.09b, p0f.fp). */
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

export const LINUX = hex('020405b4 0402 080a 00010203 00000000 01 030307');
export const WINDOWS = hex('020405b4 01 030308 01 01 0402');
export const MACOS = hex('020405b4 01 030306 01 01 080a 00010203 00000000 0402 00');
