import mdx from '@astrojs/mdx';
import preact from '@astrojs/preact';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { compressedTwins } from './site/build/compress.ts';
import { contentSecurityPolicy } from './site/build/content-security-policy.ts';
import { checkedCourse } from './site/build/course-check.ts';
import { checkedLinks } from './site/build/links.ts';
import { courseSidebar } from './site/collect/sidebar.ts';

// Override a Starlight component only where our look or our function needs another one.
const overridden = ['PageTitle', 'SiteTitle', 'Footer', 'Head', 'Search'];
const components = Object.fromEntries(overridden.map((name) => [name, `./site/components/starlight/${name}.astro`]));

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
      expressiveCode: {
        themes: ['github-dark-default', 'github-light-default'],
        styleOverrides: {
          borderRadius: '6px',
          frames: { shadowColor: 'transparent', editorActiveTabIndicatorTopColor: 'transparent' },
          textMarkers: { markBackground: 'var(--delayed-wash)', markBorderColor: 'var(--delayed-ink)' },
        },
      },
    }),
    mdx(),
    checkedCourse(),
    preact(),
    // In this order: what is compressed carries its policy.
    contentSecurityPolicy(),
    compressedTwins(),
    checkedLinks(),
  ],
});
