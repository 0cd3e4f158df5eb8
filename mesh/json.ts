/** What protojson and Kubernetes objects are made of. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object; absent fields may be written as undefined and are dropped by JSON.stringify. */
export type JsonObject = { [key: string]: Json | undefined };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The texts of a list; nothing for what is none. */
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];

/** The objects of a list; nothing for what is none. */
export const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
