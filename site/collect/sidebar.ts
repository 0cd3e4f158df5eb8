import { course } from './course.ts';

interface SidebarGroup {
  label: string;
  collapsed?: boolean;
  items: ({ slug: string } | { label: string; link: string })[];
}

/** Starlight's sidebar: a group per module with written lessons, then the labs and the reference. */
export function courseSidebar(): SidebarGroup[] {
  const modules = course()
    .map(({ title, lessons }) => ({
      label: title,
      items: lessons.filter((l) => l.written).map((l) => ({ slug: `learn/${l.slug}` })),
    }))
    .filter(({ items }) => items.length > 0);
  return [
    {
      label: 'Start',
      items: [
        { label: 'Course map', link: '/learn/' },
        { label: 'All labs', link: '/labs/' },
        { label: 'Myths', link: '/myths/' },
      ],
    },
    ...modules,
    {
      label: 'Reference',
      items: [
        { label: 'Resource catalogue', link: '/reference/kinds/' },
        { label: 'How failures look', link: '/reference/failures/' },
        { label: 'Response flags', link: '/reference/flags/' },
        { label: 'Ports', link: '/reference/ports/' },
        { label: 'IST codes', link: '/reference/codes/' },
        { label: 'Glossary', link: '/reference/glossary/' },
        { label: 'Conformance', link: '/reference/conformance/' },
      ],
    },
  ];
}
