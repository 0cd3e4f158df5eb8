import { expect, it } from 'vitest';
import { longFlags } from '../../mesh/envoy/log/response-flags.ts';
import { codeRows } from './codes.ts';
import { proofOf } from './proof.ts';
import { codesElsewhere, failures, flags, portGroups } from './reference.ts';

it('tells every flag that Envoy has, once', () => {
  expect(
    flags()
      .map(({ flag }) => flag)
      .sort(),
  ).toEqual(Object.keys(longFlags).sort());
});

it('tells the codes of Istio, each as ours or as left out', () => {
  const codes = [...codeRows(), ...codesElsewhere()].map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  // istio pkg/config/analysis/msg/messages.yaml, at the golden commit.
  expect(codes.length).toBe(68);
});

it.each(codeRows())('$code has a message, a fix and an analyzer that was seen to raise it', (row) => {
  expect(row.message).not.toMatch(/undefined(?! behavior)|\[object/);
  expect(row.fix).toMatch(/\.$/);
  expect(row.analyzers).not.toEqual([]);
});

it.each(failures())('$id has a proof that is not red, and flags that are told', ({ proof, flags: named }) => {
  expect(proofOf(proof).state).not.toBe('red');
  const known = new Set(flags().map(({ flag }) => flag));
  expect(named.filter((flag) => !known.has(flag))).toEqual([]);
});

it.each(flags().filter(({ proof }) => proof))('$flag rests on something that is there', ({ proof }) => {
  expect(proof && proofOf(proof).state).not.toBe('red');
});

it('names each port once in its place', () => {
  for (const { ports } of portGroups()) expect(new Set(ports.map(({ port }) => port)).size).toBe(ports.length);
});
