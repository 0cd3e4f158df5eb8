import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { backendRule } from './backends.ts';

const fields: { [type: string]: string } = {
  CORS: 'cors',
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
  ExternalAuth: 'externalAuth',
};
const once = ['CORS', 'RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite'];

/** `filters` of a rule or of a backend, of an HTTPRoute or a GRPCRoute. */
export function filterRules(filters: Field): Finding[] {
  const types = filters.items().map((filter) => filter.get('type').text);
  const redirectAndRewrite = types.includes('RequestRedirect') && types.includes('URLRewrite');
  const both = 'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both';
  const again = once.filter((type) => types.indexOf(type) !== types.lastIndexOf(type));
  return [
    ...crdRule(filters, redirectAndRewrite, both),
    ...again.flatMap((type) => crdRule(filters, true, `${type} filter cannot be repeated`)),
    ...filters.items().flatMap(filterRule),
  ];
}

function filterRule(filter: Field): Finding[] {
  const type = filter.get('type').text;
  const shapes = Object.entries(fields).flatMap(([name, field]) => {
    const present = filter.get(field).present;
    const extra = `filter.${field} must be nil if the filter.type is not ${name}`;
    const missing = `filter.${field} must be specified for ${name} filter.type`;
    return [
      ...crdRule(filter, present && type !== name, extra),
      ...crdRule(filter, !present && type === name, missing),
    ];
  });
  return [
    ...shapes,
    ...mirrorRules(filter.get('requestMirror')),
    ...pathRules(filter.at('requestRedirect', 'path')),
    ...pathRules(filter.at('urlRewrite', 'path')),
    ...corsRules(filter.get('cors')),
    ...authRules(filter.get('externalAuth')),
  ];
}

function mirrorRules(mirror: Field): Finding[] {
  const [percent, fraction] = [mirror.get('percent'), mirror.get('fraction')];
  const both = percent.present && fraction.present;
  const denominator = fraction.get('denominator').present ? fraction.get('denominator').number : 100;
  const over = fraction.present && fraction.get('numerator').number > denominator;
  return [
    ...crdRule(mirror, both, 'Only one of percent or fraction may be specified in HTTPRequestMirrorFilter'),
    ...crdRule(fraction, over, 'numerator must be less than or equal to denominator'),
    ...backendRule(mirror.get('backendRef')),
  ];
}

const pathTypes: { [type: string]: string } = {
  ReplaceFullPath: 'replaceFullPath',
  ReplacePrefixMatch: 'replacePrefixMatch',
};

function pathRules(path: Field): Finding[] {
  const type = path.get('type').text;
  return Object.entries(pathTypes).flatMap(([name, field]) => {
    const present = path.get(field).present;
    const missing = `${field} must be specified when type is set to '${name}'`;
    return [
      ...crdRule(path, type === name && !present, missing),
      ...crdRule(path, present && type !== name, `type must be '${name}' when ${field} is set`),
    ];
  });
}

const corsLists: { [field: string]: string } = {
  allowHeaders: "AllowHeaders cannot contain '*' alongside other methods",
  allowMethods: "AllowMethods cannot contain '*' alongside other methods",
  allowOrigins: "AllowOrigins cannot contain '*' alongside other origins",
};

const corsRules = (cors: Field): Finding[] =>
  Object.entries(corsLists).flatMap(([field, words]) => {
    const list = cors.get(field);
    const star = list.items().some((item) => item.text === '*');
    return crdRule(list, star && list.size > 1, words);
  });

function authRules(auth: Field): Finding[] {
  if (!auth.present) return [];
  const protocol = auth.get('protocol').text;
  const shapes = ['grpc', 'http'].flatMap((field) => {
    const name = field.toUpperCase();
    const present = auth.get(field).present;
    return [
      ...crdRule(auth, protocol === name && !present, `${field} must be specified when protocol is set to '${name}'`),
      ...crdRule(auth, present && protocol !== name, `protocol must be '${name}' when ${field} is set`),
    ];
  });
  return [...shapes, ...backendRule(auth.get('backendRef'))];
}

/** A session that outlives the browser needs an end. */
export function sessionRules(session: Field): Finding[] {
  const cookie = session.get('cookieConfig');
  const permanent = cookie.get('lifetimeType').text === 'Permanent' && !session.get('absoluteTimeout').present;
  const header = cookie.present && !['', 'Cookie'].includes(session.get('type').text);
  return [
    ...crdRule(session, permanent, 'AbsoluteTimeout must be specified when cookie lifetimeType is Permanent'),
    ...crdRule(session, header, 'cookieConfig can only be set with type Cookie'),
  ];
}
