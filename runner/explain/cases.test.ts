import { describe, it } from 'vitest';
import { matchingCases, securityCases, upstreamCases } from './testing/cases.ts';
import { explained } from './testing/mesh.ts';
import { explanationLines } from './text.ts';

const plain = { columns: 100, paint: (_style: unknown, text: string) => text };
describe.each([
  ['matching', matchingCases],
  ['upstream', upstreamCases],
  ['security', securityCases],
])('%s', (_, cases) => {
  it.each(cases)('$name', async ({ expect: _parts, ...ask }) => {
    console.log(`##### ${ask.name}\n${explanationLines(await explained(ask), plain).join('\n')}`);
  });
});
