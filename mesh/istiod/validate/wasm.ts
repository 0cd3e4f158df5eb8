import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdRule } from './crd.ts';
import { goUrl } from './url.ts';

/** The fields that a WasmPlugin and the `wasm` of a TrafficExtension share. */
const schemes = ['', 'file', 'http', 'https', 'oci'];

/** A reference without a scheme is one of an OCI registry (strictParseURL); undefined: no URL at all. */
function schemeOf(text: string): string | undefined {
  const given = goUrl(text);
  if (given.request) return given.scheme;
  const image = goUrl(`http://${text}`);
  return image.request && !given.scheme.startsWith('http') && !text.startsWith(':') ? image.scheme : undefined;
}

export function crdWasm(wasm: Field): Finding[] {
  const url = wasm.get('url');
  const known = schemes.includes(schemeOf(url.text) ?? '?');
  return [
    ...crdRule(url, url.present && !known, 'url must have schema one of [http, https, file, oci]'),
    ...wasm
      .select('vmConfig.env[]')
      .flatMap((env) =>
        crdRule(
          env,
          env.get('valueFrom').text === 'HOST' && env.get('value').present,
          'value may only be set when valueFrom is INLINE',
        ),
      ),
  ];
}

export function wasmFindings(wasm: Field): Finding[] {
  const [sha, secret, name] = [wasm.get('sha256'), wasm.get('imagePullSecret'), wasm.get('pluginName')];
  return [
    ...urlFindings(wasm.get('url')),
    ...(sha.text !== '' && sha.text.length !== 64
      ? [sha.error('sha256 field must be 64 characters long')]
      : sha.when(!/^[a-f0-9]*$/.test(sha.text), 'sha256 field must match [a-f0-9]{64} pattern')),
    ...secret.when(secret.text.length > 253, 'imagePullSecret field must be less than 253 characters long'),
    ...name.when(name.text.length > 256, 'pluginName field must be less than 255 characters long'),
    ...envFindings(wasm.at('vmConfig', 'env')),
  ];
}

function urlFindings(url: Field): Finding[] {
  if (url.text === '') return [url.error('url field needs to be set')];
  const scheme = schemeOf(url.text);
  if (scheme === undefined) {
    return [url.error(`failed to parse url: parse ${JSON.stringify(url.text)}: invalid URI for request`)];
  }
  return url.when(!schemes.includes(scheme), `url contains unsupported scheme: ${scheme}`);
}

/** The first that is wrong. */
function envFindings(list: Field): Finding[] {
  const seen = new Set<string>();
  return list
    .items()
    .flatMap((env) => {
      const name = env.get('name').text;
      const again = seen.has(name);
      seen.add(name);
      const host = env.get('valueFrom').text === 'HOST' && env.get('value').text !== '';
      return [
        ...env.when(name === '', 'spec.vmConfig.env invalid'),
        ...env.when(name.length > 256, 'env.name field must be less than 255 characters long'),
        ...env.when(again, 'duplicate env'),
        ...env.when(host, 'value may only be set when valueFrom is INLINE'),
      ];
    })
    .slice(0, 1);
}

/** `match[].ports[].number`, the first that is out of range. */
export function trafficMatchFindings(match: Field): Finding[] {
  return match
    .items()
    .flatMap((selector, i) =>
      selector
        .get('ports')
        .items()
        .flatMap((port, n) => {
          const { number } = port.get('number');
          return port.when(number <= 0 || number > 65535, `spec.Match[${i}].Ports[${n}] is out of range: ${number}`);
        }),
    )
    .slice(0, 1);
}
