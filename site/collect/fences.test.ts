import { describe, expect, it } from 'vitest';
import { fenceProblems } from './fence-problems.ts';
import { fencesOf } from './fences.ts';

const route = (host: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a }
spec:
  hosts: [${host}]
  http:
    - route: [{ destination: { host: ${host}, subset: v1 } }]
`;
const bound = `${route('a')}  gateways: [edge]\n`;
const gateway = `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [b.example.com] }]
`;
const fence = (yaml: string, meta = '') => `text\n\n\`\`\`yaml ${meta}\n${yaml}\`\`\`\n`;
const problems = (text: string) => fencesOf('l.mdx', text).flatMap(fenceProblems);

describe('fences of YAML', () => {
  it('are found with their place, also where they are indented', () => {
    const text = `${fence(route('a'))}\n- item\n\n  \`\`\`yaml title="x.yaml" part\n  a: 1\n  \`\`\`\n\n\`\`\`sh\nls\n\`\`\`\n`;
    expect(fencesOf('l.mdx', text)).toMatchObject([
      { line: 4, kind: 'whole' },
      { line: 16, kind: 'part', yaml: 'a: 1\n' },
    ]);
  });

  const rows: [string, string, RegExp | undefined][] = [
    ['a valid object', fence(route('a')), undefined],
    ['a field that is none', fence(`${route('a')}  htttp: []\n`), /^SCHEMA: .*htttp/],
    ['no YAML', fence('a: [1\n'), /^YAML: /],
    ['no object', fence('a: 1\n'), /^YAML: /],
    ['a part', fence('a: 1\n', 'part'), undefined],
    ['a part that is no YAML', fence('a: [1\n', 'part'), /^YAML: /],
    ['too long', fence(`${route('a')}${'# more\n'.repeat(20)}`), /27 lines/],
    ['wrong on purpose', fence(`${route('a')}  htttp: []\n`, 'bad="SCHEMA"'), undefined],
    ['wrong on purpose, and right', fence(route('a'), 'bad="SCHEMA"'), /nothing finds that/],
    ['bound to a Gateway that is not shown', fence(bound), undefined],
    ['bound to a Gateway of another host', fence(`${bound}${gateway}`), /^IST0132: /],
    ['a reference to nothing, on purpose', fence(route('a'), 'bad="IST0101"'), undefined],
  ];
  it.each(rows)('%s', (_, text, says) => {
    const found = problems(text);
    if (says === undefined) expect(found).toEqual([]);
    else expect(found[0]).toMatch(says);
  });
});
