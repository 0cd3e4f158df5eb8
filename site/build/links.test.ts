import { expect, it } from 'vitest';
import { brokenLinks } from './links.ts';

const files = new Set(['index.html', 'learn/index.html', 'learn/mtls/index.html', 'a.css']);

const rows: [string, string | undefined][] = [
  ['<a href="/learn/">', undefined],
  ['<a href="mtls/">', undefined],
  ['<a href="../">', undefined],
  ['<a href="/learn/mtls/#strict">', undefined],
  ['<a href="#here" id="here">', undefined],
  ['<a href="https://istio.io/x">', undefined],
  ['<link href="/a.css">', undefined],
  ['<a href="/learn/mtls/?q=1#strict">', undefined],
  ['<a href="/lern/">', 'there is no such page'],
  ['<a href="/learn">', 'there is no such page'],
  ['<img src="/b.png">', 'there is no such page'],
  ['<a href="/learn/mtls/#strickt">', 'the page has no such anchor'],
  ['<a href="#there">', 'the page has no such anchor'],
];
it.each(rows)('%s: %s', (html, why) => {
  const pages = new Map([
    ['index.html', ''],
    ['learn/index.html', html],
    ['learn/mtls/index.html', '<h2 id="strict">'],
  ]);
  expect(brokenLinks(pages, files).map((link) => link.why)).toEqual(why === undefined ? [] : [why]);
});
