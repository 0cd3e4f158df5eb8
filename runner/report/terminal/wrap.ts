import { stripVTControlCharacters } from 'node:util';

/** Breaks a line at spaces so that it fits; what follows stands under the line's last column. Colours do not count. */
export function wrap(line: string, width: number): string[] {
  if (visible(line) <= width) return [line];
  const start = /^ */.exec(line)?.[0] ?? '';
  const hang = ' '.repeat(hangOf(stripVTControlCharacters(line), start.length, width));
  const rows: string[] = [];
  let row = start;
  let empty = true;
  for (const word of line.slice(start.length).split(/(?<=\S) (?=\S)/)) {
    if (!empty && visible(`${row} ${word}`) > width) {
      rows.push(row);
      row = hang + word;
    } else row = empty ? row + word : `${row} ${word}`;
    empty = false;
  }
  return [...rows, row];
}

/** Columns are parted by two spaces; one that leaves too little room is no place to go on. */
function hangOf(text: string, start: number, width: number): number {
  const columns = [...text.matchAll(/\S {2,}(?=\S)/g)].map((gap) => gap.index + gap[0].length);
  return columns.filter((column) => column < width * 0.7).at(-1) ?? start + 2;
}

const visible = (text: string) => stripVTControlCharacters(text).length;
