/** What lessons may use: one import line, `import { Claim, Quiz } from '@site/mdx.js';`. */
export { TabItem as Mode, Tabs as Modes } from '@astrojs/starlight/components';
export { default as Claim } from './components/lesson/Claim.astro';
export { default as Lab } from './components/lesson/Lab.astro';
export { default as Myth } from './components/lesson/Myth.astro';
export { default as Quiz } from './components/lesson/Quiz.astro';
export { default as Term } from './components/lesson/Term.astro';
export { default as Figure } from './figures/Figure.astro';
export { default as ConfigPath } from './figures/lessons/ConfigPath.astro';
export { default as MeshBeforeAfter } from './figures/lessons/MeshBeforeAfter.astro';
export { default as WeightedSplit } from './figures/lessons/WeightedSplit.astro';
export { default as TwoPlanes } from './figures/TwoPlanes.astro';
