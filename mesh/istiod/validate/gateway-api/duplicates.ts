import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule, crdUnique } from '../crd.ts';

/**
 * Several references to one object must each name a part of it. Source of all rules in this folder: the CRDs of Gateway API
 * 1.6, experimental channel (config/crd/experimental of kubernetes-sigs/gateway-api).
 */
interface References {
  /** Fields that name the object, with the value that stands for an absent one. */
  object: { [field: string]: string };
  /** Fields that name a part of it. */
  parts: string[];
  /** How messages call the list and what it refers to. */
  words: { list: string; object: string; parts: string };
}

export function referenceRules(list: Field, { object, parts, words }: References): Finding[] {
  const target = (ref: Field) => Object.entries(object).map(([f, missing]) => ref.get(f).text || missing);
  const text = (ref: Field, field: string) => String(ref.get(field).value ?? '');
  const shapes = new Map<string, Set<string>>();
  for (const ref of list.items()) {
    const key = target(ref).join('/');
    const shape = parts.map((part) => text(ref, part) !== '').join();
    shapes.set(key, (shapes.get(key) ?? new Set()).add(shape));
  }
  const uneven = [...shapes.values()].some((set) => set.size > 1);
  const start = (what: string) =>
    `${words.parts} must be ${what} when ${words.list} includes 2 or more references to the same ${words.object}`;
  return [
    ...crdRule(list, uneven, start('specified')),
    ...crdUnique(list, (ref) => [...target(ref), ...parts.map((p) => text(ref, p))].join('/'), start('unique')),
  ];
}

/** `parentRefs` of every route. */
export const parentRules = (spec: Field): Finding[] =>
  referenceRules(spec.get('parentRefs'), {
    object: { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: '', name: '' },
    parts: ['sectionName', 'port'],
    words: { list: 'parentRefs', object: 'parent', parts: 'sectionName or port' },
  });
