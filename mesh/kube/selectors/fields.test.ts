import { describe, expect, it } from 'vitest';
import { object, refs, refusal } from '../testing/store.ts';
import { parseFieldSelector } from './fields.ts';

const pod = object(refs.pod('web'), {
  metadata: { namespace: 'shop' },
  spec: { nodeName: 'node-1' },
  status: { phase: 'Running' },
});
const kind = { apiVersion: 'v1', kind: 'Pod' };

describe('field selectors', () => {
  const cases: [selector: string, matches: boolean][] = [
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name!=web', false],
    ['metadata.namespace=shop,spec.nodeName=node-1', true],
    ['metadata.namespace=shop,spec.nodeName=node-2', false],
    ['status.phase!=Running', false],
    ['status.phase!=Failed', true],
    ['status.podIP=', true],
    ['spec.hostNetwork=false', true],
  ];
  it.each(cases)('%j: %s', (selector, matches) => {
    expect(parseFieldSelector(selector, kind)(pod)).toBe(matches);
  });

  it('selects events by what they are about', () => {
    const event = object(
      { apiVersion: 'v1', kind: 'Event', name: 'e' },
      { involvedObject: { kind: 'Pod', name: 'web' } },
    );
    const match = parseFieldSelector('involvedObject.kind=Pod,involvedObject.name=web', event);
    expect(match(event)).toBe(true);
  });

  const refused: [selector: string, message: string][] = [
    ['spec.priority=1', '400 BadRequest: field label not supported: spec.priority'],
    ['metadata.name', "400 BadRequest: invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ];
  it.each(refused)('refuses %j', (selector, message) => {
    expect(refusal(() => parseFieldSelector(selector, kind))).toBe(message);
  });
});
