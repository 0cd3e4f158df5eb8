import { type CharSet, complement, perlClasses, posixClasses, RegexError } from './syntax.ts';

export interface Reader {
  pattern: string;
  at: number;
}

/** Reads `[…]` at the reader's position. */
export function parseBracket(reader: Reader): CharSet {
  const start = reader.at++;
  const set: CharSet = { ranges: [], properties: [], negated: reader.pattern[reader.at] === '^' };
  if (set.negated) reader.at++;
  const first = reader.at;
  while (reader.pattern[reader.at] !== ']' || reader.at === first) {
    if (reader.at >= reader.pattern.length) throw new RegexError(`missing ]: ${reader.pattern.slice(start)}`);
    if (!readPosix(reader, set) && !readClass(reader, set)) readRange(reader, set);
  }
  reader.at++;
  return set;
}

function readPosix(reader: Reader, set: CharSet): boolean {
  const found = /^\[:(\^?)(\w+):\]/.exec(reader.pattern.slice(reader.at, reader.at + 16));
  if (!found) return false;
  const ranges = posixClasses[found[2] ?? ''];
  if (!ranges) throw new RegexError(`invalid character class range: ${found[0]}`);
  reader.at += found[0].length;
  set.ranges.push(...(found[1] ? complement(ranges) : ranges));
  return true;
}

function readClass(reader: Reader, set: CharSet): boolean {
  if (reader.pattern[reader.at] !== '\\') return false;
  const property = readProperty(reader);
  if (property) set.properties.push(property);
  if (property) return true;
  const letter = reader.pattern[reader.at + 1] ?? '';
  const perl = perlClasses[letter.toLowerCase()];
  if (!perl) return false;
  reader.at += 2;
  set.ranges.push(...(letter === letter.toLowerCase() ? perl : complement(perl)));
  return true;
}

function readRange(reader: Reader, set: CharSet): void {
  const start = reader.at;
  const low = readChar(reader);
  const isRange = reader.pattern[reader.at] === '-' && reader.pattern[reader.at + 1] !== ']';
  if (!isRange) {
    set.ranges.push([low, low]);
    return;
  }
  reader.at++;
  if (reader.at >= reader.pattern.length) throw new RegexError(`missing ]: ${reader.pattern.slice(start)}`);
  const high = readChar(reader);
  if (high < low) throw new RegexError(`invalid character class range: ${reader.pattern.slice(start, reader.at)}`);
  set.ranges.push([low, high]);
}

function readChar(reader: Reader): number {
  if (reader.pattern[reader.at] === '\\') return parseEscape(reader);
  const code = reader.pattern.codePointAt(reader.at) ?? 0;
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}

/** `\pL`, `\p{Greek}`, `\P…`, `\p{^…}` as JavaScript's property escape; undefined when none stands here. */
export function readProperty(reader: Reader): string | undefined {
  const found = /^\\([pP])(?:\{(\^?)(\w+)\}|([A-Za-z]))/.exec(reader.pattern.slice(reader.at, reader.at + 40));
  if (!found) return undefined;
  const name = found[3] ?? found[4] ?? '';
  const negated = (found[1] === 'P') !== (found[2] === '^');
  for (const body of [name, `Script=${name}`]) {
    const text = `\\${negated ? 'P' : 'p'}{${body}}`;
    if (name !== 'Any' && !isProperty(text)) continue;
    reader.at += found[0].length;
    return text;
  }
  throw new RegexError(`invalid character class range: ${found[0]}`);
}

function isProperty(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

const controls: { [letter: string]: number } = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** Reads an escaped single character: control letters, octal, \x, or a punctuation mark. */
export function parseEscape(reader: Reader): number {
  const rest = reader.pattern.slice(reader.at, reader.at + 16);
  const found =
    /^\\(?:([aftnrv])|([1-7][0-7]{1,2}|0[0-7]{0,2})|x(?:([\da-fA-F]{2})|\{([\da-fA-F]+)\})|([!-/:-@[-`{-~]))/.exec(
      rest,
    );
  if (!found) throw new RegexError(rest === '\\' ? 'trailing \\' : `invalid escape sequence: ${rest.slice(0, 2)}`);
  reader.at += found[0].length;
  const [, control, octal, hex2, hex, mark] = found;
  if (control) return controls[control] ?? 0;
  if (octal) return Number.parseInt(octal, 8);
  if (mark) return mark.charCodeAt(0);
  const code = Number.parseInt(hex2 ?? hex ?? '', 16);
  if (code > 0x10ffff) throw new RegexError(`invalid escape sequence: ${found[0]}`);
  return code;
}
