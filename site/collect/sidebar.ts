import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { course } from './course.ts';

interface SidebarGroup {
  label: string;
  items: ({ slug: string } | { label: string; link: string })[];
}

const start = [
  { label: 'Course map', link: '/learn/' },
  { label: 'All labs', link: '/labs/' },
  { label: 'Myths', link: '/myths/' },
];
const reference = [
  { label: 'Resource catalogue', link: '/reference/kinds/' },
  { label: 'How failures look', link: '/reference/failures/' },
  { label: 'Response flags', link: '/reference/flags/' },
  { label: 'Ports', link: '/reference/ports/' },
  { label: 'IST codes', link: '/reference/codes/' },
  { label: 'Explain my YAML', link: '/reference/explain/' },
  { label: 'Glossary', link: '/reference/glossary/' },
  { label: 'Conformance', link: '/reference/conformance/' },
];

/** A page of ours is a file of its name, or a folder with an index. */
const isThere = ({ link }: { link: string }) =>
  [`${link.slice(0, -1)}.astro`, `${link}index.astro`].some((file) => existsSync(join('site/pages', file)));

/** Starlight's sidebar: a group per module with written lessons, between the ways in and the reference. Nothing that is not there is listed. */
export function courseSidebar(): SidebarGroup[] {
  const modules = course().map(({ title, lessons }) => ({
    label: title,
    items: lessons.filter(({ written }) => written).map(({ slug }) => ({ slug: `learn/${slug}` })),
  }));
  const groups: SidebarGroup[] = [
    { label: 'Start', items: start.filter(isThere) },
    ...modules,
    { label: 'Reference', items: reference.filter(isThere) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
