import type { Field } from '../../kube/schema/field.ts';
import { compareText } from '../model/config.ts';
import type { Labels } from '../model/labels.ts';

/** A map of texts as labels. */
export const labelsOf = (field: Field): Labels =>
  Object.fromEntries(field.entries().map(([key, value]) => [key, value.text]));

/** As Kubernetes prints a selector that is a set: `a=b,c=d`, sorted. */
export const selectorText = (labels: Labels): string =>
  Object.keys(labels)
    .sort(compareText)
    .map((key) => `${key}=${labels[key]}`)
    .join(',');

/** A LabelSelector with matchLabels and matchExpressions; an absent one matches everything. */
export function matchesSelector(selector: Field, labels: Labels): boolean {
  const expressions = selector.select('matchExpressions[]').map((expression) => {
    const key = expression.get('key').text;
    const values = expression.select('values[]').map((value) => value.text);
    const has = Object.hasOwn(labels, key);
    const within = has && values.includes(labels[key] ?? '');
    switch (expression.get('operator').text) {
      case 'In':
        return within;
      case 'NotIn':
        return !within;
      case 'Exists':
        return has;
      default:
        return !has;
    }
  });
  const wanted = labelsOf(selector.get('matchLabels'));
  return Object.keys(wanted).every((key) => labels[key] === wanted[key]) && expressions.every(Boolean);
}
