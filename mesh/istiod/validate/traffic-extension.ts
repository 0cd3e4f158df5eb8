import type { Field, Finding } from '../../kube/schema/field.ts';
import { attachmentFindings, crdAttachment } from './attachment.ts';
import { crdRule } from './crd.ts';
import { crdWasm, trafficMatchFindings, wasmFindings } from './wasm.ts';

const both = (spec: Field) => spec.get('wasm').present === spec.get('lua').present;
const words = 'exactly one of wasm or lua must be set';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const trafficExtensionCrd = (spec: Field): Finding[] => [
  ...crdAttachment(spec),
  ...crdRule(spec, both(spec), words),
  ...crdWasm(spec.get('wasm')),
];

/** pkg/config/validation/validation.go, ValidateTrafficExtension. */
export const trafficExtensionWebhook = (spec: Field): Finding[] => [
  ...spec.when(both(spec), words),
  ...attachmentFindings(spec),
  ...luaFindings(spec.get('lua')),
  ...(spec.get('wasm').present ? wasmFindings(spec.get('wasm')) : []),
  ...trafficMatchFindings(spec.get('match')),
];

function luaFindings(lua: Field): Finding[] {
  if (!lua.present) return [];
  const code = lua.get('inlineCode');
  const size = new TextEncoder().encode(code.text).length;
  return [
    ...code.when(size === 0, 'lua.inlineCode cannot be empty'),
    ...code.when(size > 65536, 'lua.inlineCode exceeds maximum size of 64KB'),
  ];
}
