import { createServer } from 'node:net';
import lighthouse, { desktopConfig } from 'lighthouse';
import { type Browser, chromium } from 'playwright';
import { browserArguments, findBrowser } from './browser.ts';
import { openCourse } from './open-course.ts';
import { typical } from './pages.ts';

/**
 * Lighthouse on a start page, a lesson, a lab and a reference page, phone and desktop, served compressed: `npm run lighthouse [-- --quick] [ADDRESS…]`.
 * A page's score is the median of three runs in each category. With --quick a first run that reaches the goal everywhere stands for the three:
 * what varies between runs is how busy the machine is, and that only takes points away.
 */
const goal = 98;
const runs = 3;
const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
const devices = { phone: undefined, desktop: desktopConfig };
const { start, lesson, lab, catalogue } = typical;
const words = process.argv.slice(2);
const quick = words.includes('--quick');
const given = words.filter((word) => !word.startsWith('--'));
const addresses = given.length > 0 ? given : [start, lesson, lab, catalogue];

type Scores = { [category in (typeof categories)[number]]: number };
interface At {
  device: keyof typeof devices;
  /** Where the browser is told what to do. */
  port: number;
}
type LighthouseResult = NonNullable<Awaited<ReturnType<typeof lighthouse>>>['lhr'];
interface Run {
  scores: Scores;
  /** What cost points, worst first. */
  lost: string[];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** A recording that Lighthouse lost (its own codes) says nothing about the page and is made once more. */
const lostRecording = new Set(['NO_NAVSTART', 'NO_TRACING_STARTED', 'PROTOCOL_TIMEOUT']);

async function recorded(url: string, { device, port }: At): Promise<LighthouseResult> {
  const flags = { port, logLevel: 'silent' as const, onlyCategories: [...categories] };
  for (const last of [false, true]) {
    const lhr = (await lighthouse(url, flags, devices[device]))?.lhr;
    const { code = '', message = 'no result' } = lhr?.runtimeError ?? {};
    if (lhr && !lhr.runtimeError) return lhr;
    if (last || !lostRecording.has(code)) throw new Error(`${url}: ${message}`);
    console.log(`  ${code}: recorded once more`);
  }
  throw new Error(url);
}

async function measure(url: string, at: At): Promise<Run> {
  const lhr = await recorded(url, at);
  const score = (category: string) => Math.round(100 * (lhr.categories[category]?.score ?? 0));
  const weights = Object.values(lhr.categories).flatMap(({ auditRefs }) => auditRefs);
  const lost = weights
    .map(({ id, weight }) => ({ audit: lhr.audits[id], cost: weight * (1 - (lhr.audits[id]?.score ?? 1)) }))
    .filter(({ cost }) => cost > 0.3)
    .sort((a, b) => b.cost - a.cost)
    .map(({ audit }) => `${audit?.title} ${audit?.displayValue ?? ''}`.trim());
  return { scores: Object.fromEntries(categories.map((c) => [c, score(c)])) as Scores, lost };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const reaches = ({ scores }: Run) => categories.every((c) => scores[c] >= goal);

/** The median of three by category, or one run where --quick lets it stand. */
async function judge(url: string, at: At): Promise<Run & { runs: number }> {
  const first = await measure(url, at);
  const all = [first];
  while (!(quick && reaches(first)) && all.length < runs) all.push(await measure(url, at));
  const scores = Object.fromEntries(categories.map((c) => [c, median(all.map((run) => run.scores[c]))])) as Scores;
  return { scores, lost: [...new Set(all.flatMap(({ lost }) => lost))], runs: all.length };
}

async function table(browser: Browser, base: string, port: number): Promise<boolean> {
  let good = true;
  console.log(`${'page'.padEnd(32)} ${'device'.padEnd(8)} ${categories.map((c) => c.padStart(14)).join(' ')}  runs`);
  for (const address of addresses)
    for (const device of ['phone', 'desktop'] as const) {
      const judged = await judge(new URL(address, base).href, { device, port });
      const cells = categories.map((c) => String(judged.scores[c]).padStart(14));
      console.log(`${address.padEnd(32)} ${device.padEnd(8)} ${cells.join(' ')}  ${judged.runs}`);
      if (reaches(judged)) continue;
      good = false;
      for (const line of judged.lost) console.log(`  ${line}`);
    }
  await browser.close();
  return good;
}

const course = await openCourse('lighthouse');
const port = await freePort();
const executablePath = findBrowser();
const browser = await chromium.launch({
  args: [...browserArguments, `--remote-debugging-port=${port}`],
  ...(executablePath !== undefined && { executablePath }),
});
const good = await table(browser, course.url, port);
await course.close();
if (!good) console.log(`A page is below ${goal}.`);
process.exitCode = good ? 0 : 1;
