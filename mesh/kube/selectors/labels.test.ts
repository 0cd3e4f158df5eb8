import { describe, expect, it } from 'vitest';
import { refusal } from '../testing/store.ts';
import { type LabelSelector, matchSelector, parseLabelSelector } from './labels.ts';

const labels = { app: 'web', tier: 'front', 'example.com/team': 'a', empty: '', n: '5' };

describe('label selectors as text', () => {
  const cases: [selector: string, matches: boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['tier in (front,back)', true],
    ['tier in ( front , back )', true],
    ['tier in (back)', false],
    ['tier notin (back,data)', true],
    ['tier notin (front)', false],
    ['missing notin (front)', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['! app', false],
    ['example.com/team=a', true],
    ['empty=', true],
    ['empty', true],
    ['missing=', false],
    ['n>4', true],
    ['n<5', false],
    ['missing>1', false],
    ['app=web,tier in (front,back),!legacy', true],
    ['app=web,tier in (back,data),!legacy', false],
    ['toString', false],
  ];
  it.each(cases)('%j: %s', (selector, matches) => {
    expect(parseLabelSelector(selector)(labels)).toBe(matches);
  });

  it('reads objects without labels', () => {
    expect(parseLabelSelector('!app')(undefined)).toBe(true);
    expect(parseLabelSelector('app')(undefined)).toBe(false);
  });

  it.each(['app=web=db', 'app in web', 'app in (web', '=web', 'a b', 'app,', 'app=we b', '!'])('refuses %j', (text) => {
    expect(refusal(() => parseLabelSelector(text))).toMatch(/^400 BadRequest: unable to parse requirement: /);
  });
});

describe('label selectors in objects', () => {
  const cases: [selector: LabelSelector | undefined, matches: boolean][] = [
    [undefined, false],
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] }, true],
  ];
  it.each(cases)('%j: %s', (selector, matches) => {
    expect(matchSelector(selector)(labels)).toBe(matches);
  });

  it('refuses operators that do not exist', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'Equals', values: ['b'] }] };
    expect(refusal(() => matchSelector(selector))).toBe(
      '400 BadRequest: "Equals" is not a valid label selector operator',
    );
  });
});
