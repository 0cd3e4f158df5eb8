import curl from '../../labs/_apps/curl/curl.yaml?raw';
import customers from '../../labs/_apps/customers/customers.yaml?raw';
import destinationRule from '../../labs/canary/manifests/destination-rule.yaml?raw';
import { openCanary } from './live-canary.ts';
import type { CanaryAnswer, CanaryQuestion } from './messages.ts';

const answer = (message: CanaryAnswer) => postMessage(message);
const opened = openCanary([customers, curl, destinationRule], Date.now() % 100_000);
let share = -1;

/** One question at a time: each waits until the one before has been answered. */
let last: Promise<void> = Promise.resolve();
addEventListener('message', ({ data }: MessageEvent<CanaryQuestion>) => {
  last = last.then(() => handle(data)).catch((error: Error) => answer({ error: error.message }));
});

async function handle({ v2, requests }: CanaryQuestion): Promise<void> {
  const canary = await opened;
  if (v2 !== share) await canary.split(v2);
  share = v2;
  answer({ share: v2, counted: await canary.send(requests) });
}
