import mdx from '@astrojs/mdx';
import preact from '@astrojs/preact';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { compressedTwins } from './site/build/compress.ts';
import { contentSecurityPolicy } from './site/build/content-security-policy.ts';
import { checkedCourse } from './site/build/course-check.ts';
import { noEmptyHeaders } from './site/build/empty-headers.ts';
import { checkedLinks } from './site/build/links.ts';
import { courseSidebar } from './site/collect/sidebar.ts';

// Override a Starlight component only where our look or our function needs another one.
const overridden = ['PageTitle', 'SiteTitle', 'Footer', 'Head', 'Search'];
const components = Object.fromEntries(overridden.map((name) => [name, `./site/components/starlight/${name}.astro`]));

// Starlight adds a sitemap unless an integration of this name is there. A course that is read offline has no address to put in one.
const noSitemap = { name: '@astrojs/sitemap', hooks: {} };

export default defineConfig({
  srcDir: './site',
  publicDir: './site/public',
  outDir: './dist/site',
  trailingSlash: 'always',
  devToolbar: { enabled: false },
  prefetch: false,
  integrations: [
    starlight({
      title: 'mesh-labs',
      description: 'Learn Istio by running it: lessons, labs and a mesh in a box.',
      sidebar: courseSidebar(),
      customCss: ['./site/styles/index.css'],
      components,
      pagination: true,
      lastUpdated: false,
      credits: false,
      disable404Route: true,
      expressiveCode: {
        themes: ['github-dark-default', 'github-light-default'],
        styleOverrides: {
          borderRadius: '6px',
          frames: { shadowColor: 'transparent', editorActiveTabIndicatorTopColor: 'transparent' },
        },
      },
    }),
    noSitemap,
    mdx(),
    checkedCourse(),
    preact(),
    // In this order: what is compressed carries its policy.
    noEmptyHeaders(),
    contentSecurityPolicy(),
    compressedTwins(),
    checkedLinks(),
  ],
});
