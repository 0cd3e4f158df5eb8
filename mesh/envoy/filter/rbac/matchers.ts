import type { JsonObject } from '../../../json.ts';
import { compileCidr } from '../../match/cidr.ts';
import { compileHeader } from '../../match/header-matcher.ts';
import { compilePathTemplate } from '../../match/path-template.ts';
import { field, flag, number, object, refuse, text } from '../../match/proto.ts';
import { compileString } from '../../match/string-matcher.ts';
import { compileMetadata } from '../../match/value-matcher.ts';
import { pathOnly } from '../../route/path-matcher.ts';
import { HeaderList } from '../../runtime/header-list.ts';
import { filterStateOf, metadataOf, type Subject } from './subject.ts';

export type Match = (subject: Subject) => boolean;

/** Compiles one kind of rule from the value of its field. */
export type Kind = (value: JsonObject, pointer: string) => Match;

const noHeaders = new HeaderList();

/** Matches the address that `read` gives. */
export const byIp =
  (read: (subject: Subject) => { ip: string }): Kind =>
  (range, pointer) => {
    const { test } = compileCidr(range, pointer);
    return (subject) => test(read(subject).ip);
  };

export const byHeader: Kind = (matcher, pointer) => {
  const { test } = compileHeader(matcher, pointer);
  return ({ request }) => test(request?.headers ?? noHeaders);
};

export const byMetadata: Kind = (matcher, pointer) => {
  const { test } = compileMetadata(matcher, pointer);
  return (subject) => test({ get: metadataOf(subject) });
};

/** SourcedMetadata: of the request (DYNAMIC) or of its route. */
export const bySourcedMetadata: Kind = (matcher, pointer) => {
  const { test } = compileMetadata(object(matcher, 'metadataMatcher') ?? {}, `${pointer}/metadataMatcher`);
  if (text(matcher, 'metadataSource') !== 'ROUTE') return (subject) => test({ get: metadataOf(subject) });
  return ({ route }) => {
    const filters = route && object(object(route.json, 'metadata') ?? {}, 'filterMetadata');
    return route !== undefined && test({ get: (filter) => (filters ? object(filters, filter) : undefined) });
  };
};

/** envoy.type.matcher.v3.PathMatcher: the path without its query. */
export const byPath: Kind = (matcher, pointer) => {
  const { test } = compileString(object(matcher, 'path') ?? {}, `${pointer}/path`);
  return ({ request }) => {
    const path = request?.headers.get(':path');
    return path !== undefined && test(pathOnly(path));
  };
};

export const byTemplate: Kind = (extension, pointer) => {
  const { test } = compilePathTemplate(object(extension, 'typedConfig') ?? {}, `${pointer}/typedConfig`);
  return ({ request }) => test(pathOnly(request?.headers.get(':path') ?? ''));
};

export const byFilterState: Kind = (matcher, pointer) => {
  const key = text(matcher, 'key');
  const { test } = compileString(object(matcher, 'stringMatch') ?? {}, `${pointer}/stringMatch`);
  return (subject) => {
    const value = filterStateOf(subject, key);
    return value !== undefined && test(value);
  };
};

export const byServerName: Kind = (matcher, pointer) => {
  const { test } = compileString(matcher, pointer);
  return ({ connection }) => test(connection.serverName);
};

/**
 * Principal.Authenticated: one of the peer's URI SANs, its DNS SANs, or its subject; without a name any TLS connection
 * will do (envoy source/extensions/filters/common/rbac/matchers.cc, AuthenticatedMatcher).
 */
export const byIdentity: Kind = (value, pointer) => {
  const name = object(value, 'principalName');
  if (!name) return ({ connection }) => connection.tls !== undefined;
  const { test } = compileString(name, `${pointer}/principalName`);
  return ({ connection: { tls } }) => {
    if (!tls) return false;
    const { uriSans = [], dnsSans = [], subject = '' } = tls.peer ?? {};
    return uriSans.some(test) || dnsSans.some(test) || test(subject);
  };
};

export const byPortRange: Kind = (range) => {
  const [start, end] = [number(range, 'start') ?? 0, number(range, 'end') ?? 0];
  return ({ connection }) => connection.destination.port >= start && connection.destination.port < end;
};

/** A table of kinds plus the logic that permissions and principals share. */
export interface Grammar {
  kinds: { readonly [field: string]: Kind };
  /** Names of: and, or, not, and of the list inside and/or. */
  names: { and: string; or: string; not: string; list: string };
}

/** Compiles a permission or principal. Throws a ProblemError for a kind that is not interpreted: guessing would open doors. */
export function compileRule(rule: JsonObject, grammar: Grammar, pointer: string): Match {
  const { kinds, names } = grammar;
  if (flag(rule, 'any')) return () => true;
  const inner = (name: string): Match[] | undefined => {
    const list = object(rule, name) && field(object(rule, name) ?? {}, names.list);
    if (!Array.isArray(list)) return object(rule, name) && [];
    return list.map((item, i) => compileRule(item as JsonObject, grammar, `${pointer}/${name}/${names.list}/${i}`));
  };
  const [and, or, not] = [inner(names.and), inner(names.or), object(rule, names.not)];
  if (and) return (subject) => and.every((match) => match(subject));
  if (or) return (subject) => or.some((match) => match(subject));
  if (not) {
    const match = compileRule(not, grammar, `${pointer}/${names.not}`);
    return (subject) => !match(subject);
  }
  const port = number(rule, 'destinationPort');
  if (port !== undefined) return ({ connection }) => connection.destination.port === port;
  for (const [name, kind] of Object.entries(kinds)) {
    const value = object(rule, name);
    if (value) return kind(value, `${pointer}/${name}`);
  }
  return refuse(`a rule of RBAC that is not interpreted in place sim: ${Object.keys(rule).join(', ')}`, pointer);
}
