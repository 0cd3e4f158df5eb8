import { isObject, type Json, type JsonObject } from '../json.ts';

/** An xDS resource in protojson shape (lowerCamelCase), and where it stands: a JSON pointer into the configuration. */
export interface Entry {
  resource: JsonObject;
  at: string;
}

/** Envoy's configuration as the tables want it, whether istiod would send it or a running Envoy tells it. */
export interface ProxyConfig {
  listeners: readonly Entry[];
  /** Fetched by name (RDS), then those that listeners carry in themselves. */
  routes: readonly Entry[];
  clusters: readonly Entry[];
  /** ClusterLoadAssignments: fetched by name (EDS), then those of clusters that carry them. */
  endpoints: readonly Entry[];
}

export const entriesOf = (list: Json | undefined, at: string): Entry[] =>
  objects(list).map((resource, i) => ({ resource, at: `${at}/${i}` }));

/** Readers that take what is not there for empty, as Go's getters do. */
export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(object) : []);
export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(text) : []);
export const int = (value: Json | undefined): number => Number(value ?? 0) || 0;

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares by one key after the other. */
export const inOrder = (...differences: number[]): number => differences.find((d) => d !== 0) ?? 0;
