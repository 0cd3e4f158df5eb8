import { $ } from 'zx';
import { openCourse, root } from './open-course.ts';

/** The tests of the course in a real browser: builds it, serves it, drives it with playwright. Arguments go to playwright. */
const course = await openCourse('site');
const env = { ...process.env, MESH_LABS_SITE: course.url };
const shown = $({ cwd: root, stdio: 'inherit', nothrow: true, env });
const { exitCode } = await shown`playwright test -c test/site/playwright.config.ts ${process.argv.slice(2)}`;
await course.close();
process.exitCode = exitCode ?? 1;
