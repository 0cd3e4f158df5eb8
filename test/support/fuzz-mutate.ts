import type { Json, JsonObject } from '../../mesh/json.ts';
import { isObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/** Numbers in [0, 1) and choices from them: mulberry32, so that a case's number says all about it. */
export interface Dice {
  next(): number;
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
}

export function dice(seed: number): Dice {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, pick: (from) => from[below(from.length)] as (typeof from)[number] };
}

const numbers: Json[] = [-1, 0, 1.5, 1e9, 2 ** 31, 2 ** 53, 1e308, '4294967296', '1e400', 'NaN'];
const durations: Json[] = ['', '-1s', '99999999h', '1e9s', '1', 's', '0.0000000000001s', 'PT5M'];
const hosts: Json[] = [
  ...['', '*', '*.', '.', '..', '*.*', 'a b', 'A..B', '../../etc/passwd', 'unix:///var/run/docker.sock'],
  ...['x'.repeat(300), 'é.example', '::1', '10.0.0.0/33', '__proto__', 'constructor', 'a.example:80', '%00', '\u0000'],
];
const regexes: Json[] = [
  ...['(a+)+$', '(?=x)', '[', '\\1', '(?P<x>a)', 'a{1001}', '(a{1000}){1000}', '('.repeat(2000), '*', '\\'],
  ...['(((a*)*)*)*b', '[[:alpha:]]', '(?i)x', '\\p{Greek}', `${'a?'.repeat(500)}${'a'.repeat(500)}`],
];
const types: Json[] = [null, true, '', 0, [], {}, [null], [[]], { '': null }, { a: { b: {} } }, [{}], '\uD800'];
const names = ['__proto__', 'constructor', 'toString', '', 'x'.repeat(300), '../x', 'UPPER', 'a/b', 'ünïcode'];

/** What is done to the value at a random place; `parent[key]` holds it. */
type Mutation = (parent: { [key: string]: Json | undefined }, key: string, at: Dice) => void;
const put =
  (values: readonly Json[]): Mutation =>
  (parent, key, at) => {
    parent[key] = structuredClone(at.pick(values));
  };

const mutations: readonly Mutation[] = [
  put(types),
  put(numbers),
  put(durations),
  put(hosts),
  put(regexes),
  (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  // The same again, many times: duplicate hosts, ports, names.
  (parent, key) => {
    const value = parent[key];
    if (Array.isArray(value)) parent[key] = Array.from({ length: 20 }, () => structuredClone(value)).flat();
    else if (Array.isArray(parent)) parent.push(...Array.from({ length: 20 }, () => structuredClone(value) as Json));
  },
  (parent, key, at) => {
    if (Array.isArray(parent)) return;
    const value = parent[key];
    delete parent[key];
    Object.defineProperty(parent, at.pick(names), { value, enumerable: true, configurable: true, writable: true });
  },
  (parent, key, at) => {
    const depth = 10 + at.below(300);
    let value: Json = 'deep';
    for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
    parent[key] = value;
  },
];

/** A copy of an object with 1 to 4 mutations anywhere but in its kind. */
export function mutated(object: KubeObject, at: Dice): KubeObject {
  const copy = structuredClone(object) as KubeObject & JsonObject;
  for (let n = 1 + at.below(4); n > 0; n--) {
    const places = placesIn(copy);
    const place = places[at.below(places.length)];
    if (place) at.pick(mutations)(place.parent, place.key, at);
  }
  return copy;
}

interface Place {
  parent: { [key: string]: Json | undefined };
  key: string;
}
const kept = new Set(['apiVersion', 'kind']);

function placesIn(value: Json | undefined, top = true): Place[] {
  if (!isObject(value) && !Array.isArray(value)) return [];
  const parent = value as Place['parent'];
  return Object.keys(parent)
    .filter((key) => !top || !kept.has(key))
    .flatMap((key) => [{ parent, key }, ...placesIn(parent[key], false)]);
}
