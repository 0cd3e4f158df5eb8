import type { Json, JsonObject } from '../../json.ts';

/** A google.protobuf.Any in protojson. */
export const typed = (type: string, value: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/${type}`,
  ...value,
});

/** Any that holds a TypedStruct: how istiod configures filters whose protobuf Envoy's API does not have. */
export const typedStruct = (typeUrl: string, value: JsonObject): JsonObject =>
  typed('udpa.type.v1.TypedStruct', { typeUrl: `type.googleapis.com/${typeUrl}`, value });

/** protojson leaves out empty lists, strings and false. */
export const some = <T extends Json>(list: readonly T[] | undefined): T[] | undefined =>
  list && list.length > 0 ? [...list] : undefined;
export const text = (value: string | undefined): string | undefined => value || undefined;
export const flag = (value: boolean | undefined): true | undefined => value || undefined;
export const positive = (value: number | undefined): number | undefined => (value && value > 0 ? value : undefined);

/** Configuration that Envoy fetches over the stream that the rest came on. */
export const ads: JsonObject = { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' };

export const socketAddress = (address: string, port: number): JsonObject =>
  port === 0 ? { pipe: { path: address.replace(/^unix:\/\//, '') } } : { socketAddress: { address, portValue: port } };

/** Drops undefined items. */
export const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);
