/** One line of a summary, and the part of the configuration that it shows (a JSON pointer). */
export interface Row {
  cells: readonly string[];
  at: string;
}

export interface Table {
  columns: readonly string[];
  rows: readonly Row[];
  /** Spaces between columns: istioctl has 1 for listeners, 5 for the others. */
  padding: number;
}

/** Options that `istioctl proxy-config` has for each summary. */
export interface TableOptions {
  /** `--verbose=false` counts instead of listing. */
  verbose?: boolean;
  /** A first column `route/80`, as in `proxy-config all`. */
  withType?: boolean;
}

const length = (cell: string): number => [...cell].length;

/** The lines as Go's text/tabwriter aligns them: the last column is not filled up. */
export function alignedLines({ columns, rows, padding }: Table): string[][] {
  const lines = [columns, ...rows.map((row) => row.cells)];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => length(line[i] ?? ''))));
  return lines.map((line) => [write(line, widths, padding)]);
}

/**
 * The lines for a terminal of `width` columns, for each row one or more: columns move together, then the widest are
 * broken after a separator. A table of many columns may stay wider.
 */
export function fittedLines(table: Table, width: number): string[][] {
  const lines = [table.columns, ...table.rows.map((row) => row.cells)];
  const widths = table.columns.map((_, i) => Math.max(...lines.map((line) => length(line[i] ?? ''))));
  const total = (padding: number) => widths.reduce((sum, w) => sum + w, 0) + padding * (widths.length - 1);
  const padding = Math.min(table.padding, total(2) > width ? 1 : total(table.padding) > width ? 2 : table.padding);
  const least = table.columns.map((column) => Math.max(length(column), 12));
  while (total(padding) > width) {
    const widest = widths.reduce(
      (best, w, i) => (w > (least[i] ?? 0) && w > (widths[best] ?? 0) - (best < 0 ? 1 : 0) ? i : best),
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return lines.map((line) => broken(line, widths).map((part) => write(part, widths, padding).trimEnd()));
}

const write = (cells: readonly string[], widths: readonly number[], padding: number): string =>
  cells.map((cell, i) => (i === cells.length - 1 ? cell : fill(cell, (widths[i] ?? 0) + padding))).join('');

const fill = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - length(cell)));

function broken(cells: readonly string[], widths: readonly number[]): string[][] {
  const parts = cells.map((cell, i) => pieces(cell, widths[i] ?? 0));
  const height = Math.max(...parts.map((p) => p.length));
  return Array.from({ length: height }, (_, line) => parts.map((p) => p[line] ?? ''));
}

/** Pieces of at most `width` characters: they end after words and list items, else after parts of names, else anywhere. */
function pieces(cell: string, width: number): string[] {
  const out: string[] = [];
  let rest = cell;
  while (length(rest) > width && width > 0) {
    const end = lastCut(rest, width, ' ,;') ?? lastCut(rest, width, '|/:.-') ?? width;
    out.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...out, rest];
}

/** The last place within `width` behind one of `separators`; none in the first third, and none before punctuation. */
function lastCut(text: string, width: number, separators: string): number | undefined {
  for (let end = width; end > width / 3; end--)
    if (separators.includes(text[end - 1] ?? '') && !',;. '.includes(text[end] ?? '')) return end;
  return undefined;
}
