import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { type Config, originOf } from '../model/config.ts';
import {
  type ApplyTo,
  type ConfigPatch,
  type EnvoyFilter,
  envoyFilter,
  type PatchMatch,
  patchedMessages,
} from '../model/envoy-filter.ts';
import { canonical, Unreadable } from '../xds/proto/canonical.ts';
import type { Messages } from '../xds/proto/message.ts';
import type { Origin } from '../xds/types.ts';
import { describe, type Intake, readConfig } from './read.ts';

export type PatchOperation =
  | 'MERGE'
  | 'MERGE_AND_REPLACE_LIST'
  | 'ADD'
  | 'REMOVE'
  | 'INSERT_BEFORE'
  | 'INSERT_AFTER'
  | 'INSERT_FIRST'
  | 'REPLACE';

/** One patch, its value read as the message that it changes. */
export interface Patch {
  applyTo: ApplyTo;
  operation: PatchOperation;
  match: PatchMatch;
  /** Undefined where there is none: removal needs no value. */
  value: JsonObject | undefined;
  /** The versions of Istio's proxy that it is for; undefined: all. */
  version: RegExp | undefined;
  origin: Origin;
}
export type EnvoyFilterConfig = Config<EnvoyFilter> & { patches: readonly Patch[] };

/** Reads an EnvoyFilter (convertToEnvoyFilterWrapper in istio pilot/pkg/model/envoyfilter.go). What cannot be used becomes a problem. */
export function ingestEnvoyFilter(object: KubeObject, messages: Messages, intake: Intake): EnvoyFilterConfig {
  const config = readConfig(object, envoyFilter, intake);
  const patches = (config.spec.configPatches ?? []).flatMap((patch, i) => {
    const origin = intake.provenance.get(patch) ?? originOf(config, `spec.configPatches[${i}]`);
    const read = patchOf(patch, { origin, messages });
    if (typeof read !== 'string') return [read];
    intake.problems.push({
      what: `${describe(object)}: ${origin.field} has no effect: ${read}`,
      where: { object: describe(object) },
      fix: `correct ${origin.field}`,
    });
    return [];
  });
  return { ...config, patches };
}

/** A text says why istiod would leave the patch out. */
function patchOf(
  { applyTo = '', match = {}, patch }: ConfigPatch,
  { origin, messages }: { origin: Origin; messages: Messages },
): Patch | string {
  if (!patch) return 'it has no patch';
  if (applyTo === 'BOOTSTRAP') return 'the bootstrap is made before istiod is asked';
  if (!isApplyTo(applyTo)) return `applyTo ${applyTo || '(none)'} is not known`;
  const operation = operations[patch.operation ?? ''];
  if (!operation) return `operation ${patch.operation ?? '(none)'} is not known`;
  const value = readValue(messages, patchedMessages[applyTo], patch.value);
  if (typeof value === 'string') return value;
  if (!value && operation !== 'REMOVE') return 'it has no value';
  const version = versionPattern(match.proxy?.proxyVersion ?? '');
  if (version === 'none') return 'proxyVersion is longer than 1024 characters, so it matches no proxy';
  return { applyTo, operation: placed(applyTo, operation), match, value, version, origin };
}

const isApplyTo = (name: string): name is ApplyTo => Object.hasOwn(patchedMessages, name);

const operations: { [name: string]: PatchOperation } = {
  MERGE: 'MERGE',
  MERGE_AND_REPLACE_LIST: 'MERGE_AND_REPLACE_LIST',
  ADD: 'ADD',
  REMOVE: 'REMOVE',
  INSERT_BEFORE: 'INSERT_BEFORE',
  INSERT_AFTER: 'INSERT_AFTER',
  INSERT_FIRST: 'INSERT_FIRST',
  REPLACE: 'REPLACE',
};

/** Where order has no meaning, insertion is addition. */
const ordered = new Set<ApplyTo>(['HTTP_FILTER', 'NETWORK_FILTER', 'HTTP_ROUTE', 'LISTENER_FILTER']);
const placed = (applyTo: ApplyTo, operation: PatchOperation): PatchOperation =>
  operation.startsWith('INSERT_') && !ordered.has(applyTo) ? 'ADD' : operation;

function readValue(
  messages: Messages,
  message: string,
  value: JsonObject | undefined,
): JsonObject | undefined | string {
  if (!value) return undefined;
  try {
    const read = canonical(messages, message, value);
    return isObject(read) ? read : 'the value is not an object';
  } catch (error) {
    if (error instanceof Unreadable) return `in patch.value, ${error.message}`;
    throw error;
  }
}

/** istiod ignores an expression that is none; versions are short, so that even a bad one is quickly matched. */
function versionPattern(expression: string): RegExp | undefined | 'none' {
  if (expression === '') return undefined;
  if (expression.length > 1024) return 'none';
  try {
    return new RegExp(expression);
  } catch {
    return undefined;
  }
}
