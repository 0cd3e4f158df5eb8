import { describe, expect, it } from 'vitest';
import { subjects } from './testing/cases.ts';
import { explained } from './testing/mesh.ts';
import { explanationLines } from './text.ts';

const plain = (columns: number) => ({ columns, paint: (_style: unknown, text: string) => text });

describe.each(subjects)('%s', (_, cases) => {
  it.each(cases)('$name', async ({ expect: parts, ...ask }) => {
    const explanation = await explained(ask);
    const text = explanationLines(explanation, plain(1000)).join('\n');
    let at = 0;
    for (const part of parts) {
      const found = text.indexOf(part, at);
      expect(found, `${part}\nafter ${at} in\n${text}`).toBeGreaterThanOrEqual(0);
      at = found + part.length;
    }
    const narrow = explanationLines(explanation, plain(80));
    // Names and details of Envoy are never broken, because they are copied.
    const tooLong = narrow.filter((line) => line.length > 80 && line.split(' ').every((word) => word.length < 45));
    expect(tooLong).toEqual([]);
  });
});
