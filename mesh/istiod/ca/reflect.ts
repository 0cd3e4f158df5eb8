/**
 * @peculiar/x509 builds on tsyringe, which refuses to load without the metadata functions of a Reflect polyfill
 * (README of @peculiar/x509, "Reflect Polyfill Required"). It asks for own metadata of classes only, so a map does.
 */
type Metadata = Map<unknown, unknown>;
const store = new WeakMap<object, Metadata>();

const polyfill = {
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const known: Metadata = store.get(target) ?? new Map();
    store.set(target, known.set(key, value));
  },
  getOwnMetadata: (key: unknown, target: object): unknown => store.get(target)?.get(key),
  getMetadata: (key: unknown, target: object): unknown => store.get(target)?.get(key),
};

for (const [name, value] of Object.entries(polyfill)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
}
