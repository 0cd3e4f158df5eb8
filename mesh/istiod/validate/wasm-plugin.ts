import type { Field, Finding } from '../../kube/schema/field.ts';
import { attachmentFindings, crdAttachment } from './attachment.ts';
import { crdWasm, trafficMatchFindings, wasmFindings } from './wasm.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const wasmPluginCrd = (spec: Field): Finding[] => [...crdAttachment(spec), ...crdWasm(spec)];

/** pkg/config/validation/validation.go, ValidateWasmPlugin. */
export const wasmPluginWebhook = (spec: Field): Finding[] => [
  ...attachmentFindings(spec),
  ...wasmFindings(spec),
  ...trafficMatchFindings(spec.get('match')),
];
