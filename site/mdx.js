/** What lessons may use: one import line, `import { Claim, Lab } from '@site/mdx.js';`. */
export { TabItem as Mode, Tabs as Modes } from '@astrojs/starlight/components';
export { default as Claim } from './components/lesson/Claim.astro';
