import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { connection, contextOf, streamOf } from '../match/testing/stream.ts';
import { networkSetFilterState, setFilterState } from './set-filter-state.ts';

const setting = () => ({ name: 'f', statPrefix: '', pointer: '/f', context: contextOf() });
const value = (inlineString: string, more: JsonObject = {}): JsonObject => ({
  objectKey: 'k',
  formatString: { textFormatSource: { inlineString }, ...more },
});

// Rules: envoy source/extensions/filters/common/set_filter_state/filter_config.cc.
describe('set_filter_state', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['of the request', value('%REQ(:AUTHORITY)%'), 'x'],
    ['with text around', value('to %REQ(:PATH)%!'), 'to /!'],
    ['what is missing', value('%REQ(X-NO)%'), '-'],
    ['what is missing, omitted', value('%REQ(X-NO)%', { omitEmptyValues: true }), ''],
    ['what is empty, skipped', { ...value('%REQ(X-NO)%', { omitEmptyValues: true }), skipIfEmpty: true }, undefined],
  ])('%s', (_, entry, expected) => {
    const stream = streamOf({});
    setFilterState.compile({ onRequestHeaders: [entry] }, setting()).decode?.(stream, undefined);
    expect(stream.info.filterState?.get('k')).toBe(expected);
  });

  it('of a connection', () => {
    const at = connection();
    const filter = networkSetFilterState.compile(
      { onNewConnection: [value('%DOWNSTREAM_REMOTE_ADDRESS%')] },
      setting(),
    );
    filter.onNewConnection?.(at);
    expect(at.filterState.get('k')).toBe('10.0.0.1:1234');
  });

  it('needs a key', () =>
    expect(() => setFilterState.compile({ onRequestHeaders: [{}] }, setting())).toThrow('object_key'));
});
