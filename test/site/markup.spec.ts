import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { built, builtPages, typical } from './pages.ts';

const fileOf = (address: string) => join(built, address.endsWith('/') ? `${address}index.html` : address);
const count = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].length;

/** What is wrong in the markup of one page. */
function faults(html: string): string[] {
  const policy = /http-equiv="content-security-policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
  const rules: { [fault: string]: boolean } = {
    'its language is not named': !/<html lang="en"/.test(html),
    'not one h1': count(html, /<h1[\s>]/g) !== 1,
    'no description of its own': !/<meta name="description" content="[^"]{20,}"/.test(html),
    'no Open Graph title and description':
      !/property="og:title" content="[^"]+"/.test(html) || !/property="og:description" content="[^"]+"/.test(html),
    'no icon': !/<link rel="shortcut icon"/.test(html),
    'scripts are not bound to itself and digests': !/^'self' 'wasm-unsafe-eval'( 'sha256-[^']+')*$/.test(scripts),
    'more than itself is allowed': !policy.startsWith("default-src 'none'") || /https?:|\*/.test(policy),
    'a handler in an attribute': /<[a-z][^>]*\son[a-z]+=["']/.test(html),
  };
  return Object.keys(rules).filter((fault) => rules[fault]);
}

test('every page has a name, a description, a policy, and no handler in an attribute', () => {
  const wrong = [...builtPages(), typical.missing].flatMap((address) =>
    faults(readFileSync(fileOf(address), 'utf8')).map((fault) => `${address}: ${fault}`),
  );
  expect(wrong).toEqual([]);
});
