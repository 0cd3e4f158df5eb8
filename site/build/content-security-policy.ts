import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const inlineScript = /<script(?![^>]*\bsrc=)([^>]*)>([\s\S]*?)<\/script>/g;

/** Browsers run only the inline scripts whose digest the policy names (CSP level 3, section 6.7.3.3); data blocks need none. */
function scriptDigests(html: string): string[] {
  const runs = (attributes: string) => !/type="(application|text)\/(ld\+)?json"/.test(attributes);
  const bodies = [...html.matchAll(inlineScript)].filter((m) => runs(m[1] ?? '')).map((m) => m[2] ?? '');
  return [...new Set(bodies)].map((body) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`);
}

export function policyOf(html: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${scriptDigests(html).join(' ')}`.trim(),
    // Expressive Code and the figures place things by style attributes, which no digest can name.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

async function protect(file: string): Promise<void> {
  const html = await readFile(file, 'utf8');
  const meta = `<meta http-equiv="content-security-policy" content="${policyOf(html)}">`;
  await writeFile(file, html.replace(/<head>/, `<head>${meta}`));
}

/** Gives every built page its Content-Security-Policy: nothing from elsewhere, and of inline scripts only those of the build. */
export function contentSecurityPolicy(): AstroIntegration {
  return {
    name: 'mesh-labs-content-security-policy',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const pages = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html'));
        await Promise.all(pages.map((name) => protect(join(root, name))));
      },
    },
  };
}
