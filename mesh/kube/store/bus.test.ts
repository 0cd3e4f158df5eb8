import { expect, it } from 'vitest';
import type { StoreEvent } from '../store.ts';
import { createBus } from './bus.ts';

const event = (revision: number): StoreEvent => ({
  type: 'ADDED',
  revision,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: String(revision) } },
});

it('tells every listener of one event before the next, also when a listener writes', () => {
  const bus = createBus();
  const told: string[] = [];
  bus.subscribe(({ revision }) => {
    told.push(`first ${revision}`);
    if (revision === 1) bus.batch(() => bus.emit(event(2)));
  });
  bus.subscribe(({ revision }) => void told.push(`second ${revision}`));
  bus.batch(() => bus.emit(event(1)));
  expect(told).toEqual(['first 1', 'second 1', 'first 2', 'second 2']);
});

it('tells nothing before the outermost write has ended, and then also what a failed one did', () => {
  const bus = createBus();
  const told: number[] = [];
  bus.subscribe(({ revision }) => void told.push(revision));
  const write = () => {
    bus.batch(() => bus.emit(event(1)));
    expect(told).toEqual([]);
    throw new Error('refused');
  };
  expect(() => bus.batch(write)).toThrow('refused');
  expect(told).toEqual([1]);
});

it('gives a listener’s error to the writer, and the event to the others', () => {
  const bus = createBus();
  const told: number[] = [];
  const fails = bus.subscribe(() => {
    throw new Error('broken listener');
  });
  bus.subscribe(({ revision }) => void told.push(revision));
  expect(() => bus.batch(() => bus.emit(event(1)))).toThrow('broken listener');
  fails();
  bus.batch(() => bus.emit(event(2)));
  expect(told).toEqual([1, 2]);
});
