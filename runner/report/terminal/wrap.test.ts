import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wrap } from './wrap.ts';

const red = (text: string) => styleText('red', text, { validateStream: false });

describe('wrap', () => {
  const rows: [string, string, string[]][] = [
    ['leaves what fits', 'one two', ['one two']],
    ['breaks at spaces', 'one two three four', ['one two', '  three', '  four']],
    ['goes on under the last column', '  a  b c d e f g h', ['  a  b c d', '     e f g', '     h']],
    ['keeps words that are too long', 'abcdefghijklmnop q', ['abcdefghijklmnop', '  q']],
    ['counts letters, not colours', `${red('one')} two`, [`${red('one')} two`]],
  ];
  it.each(rows)('%s', (_, line, expected) => expect(wrap(line, 10)).toEqual(expected));
});
