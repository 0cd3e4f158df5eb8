import { createCa } from '../../mesh/istiod/ca/ca.ts';
import { textToBase64 } from '../../mesh/istiod/ca/pem.ts';
import { spiffeId } from '../../mesh/istiod/spiffe.ts';

const ca = await createCa({ clock: Date, trustDomain: 'cluster.local' });
const issued = await ca.issue({ spiffeId: spiffeId('cluster.local', 'shop', 'web') });

/** base64 of `placeholder`, which the measured inputs have in place of private keys. */
const placeholder = 'cGxhY2Vob2xkZXI=';

/**
 * The inputs with keys that fit their certificates: istiod looks whether they do before it configures a listener. What the
 * certificates say has no effect, because they go over SDS. In these files tls.crt stands on the line beside tls.key.
 */
export function withKeys(text: string): string {
  if (!text.includes(placeholder)) return text;
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (!line.includes(placeholder)) continue;
    lines[i] = line.replace(placeholder, textToBase64(issued.privateKey));
    for (const beside of [i - 1, i + 1])
      if (/^\s*tls\.crt:/.test(lines[beside] ?? ''))
        lines[beside] = (lines[beside] ?? '').replace(/(tls\.crt:).*/, `$1 ${textToBase64(issued.certificateChain)}`);
  }
  return lines.join('\n');
}
