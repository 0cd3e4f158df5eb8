import { ProblemError } from '../../problem.ts';
import { Container } from './container.ts';
import type { ContainerLog } from './container-log.ts';
import { loopDelayMeter } from './loop-delay.ts';
import type { Call, ChildOptions, Reply, Request } from './messages.ts';
import type { AppSpec } from './types.ts';

// The child's entry; started by startApps().

const options: ChildOptions = JSON.parse(process.argv[2] ?? '');
const containers = new Map<string, Container>();
/** Logs outlive their container for a while: whoever follows one reads its last lines after the end. */
const endedLogs = new Map<string, ContainerLog>();
const keptLogs = 8;
const loopDelay = loopDelayMeter();

async function perform(call: Call): Promise<unknown> {
  switch (call.call) {
    case 'start':
      return start(call.spec);
    case 'stop':
      return stop(call.app, call.graceMs);
    case 'logs':
      return findLog(call.app).read(call.from, call.wait);
    case 'loopDelay':
      return loopDelay();
  }
}

async function start(spec: AppSpec): Promise<void> {
  if (containers.has(spec.id)) throw new ProblemError({ what: `${spec.id} runs already`, fix: 'stop it first' });
  const container = new Container(spec, options);
  containers.set(spec.id, container);
  endedLogs.delete(spec.id);
  await container.start(spec).catch((error) => {
    containers.delete(spec.id);
    throw error;
  });
}

async function stop(app: string, graceMs: number): Promise<void> {
  const container = containers.get(app);
  if (!container) return;
  containers.delete(app);
  endedLogs.set(app, container.log);
  for (const oldest of endedLogs.keys()) if (endedLogs.size > keptLogs) endedLogs.delete(oldest);
  await container.stop(graceMs);
}

function findLog(app: string): ContainerLog {
  const log = containers.get(app)?.log ?? endedLogs.get(app);
  if (!log) throw new ProblemError({ what: `no container ${app} runs` });
  return log;
}

const reply = (message: Reply): void => void process.send?.(message);

async function serve(request: Request): Promise<void> {
  try {
    reply({ id: request.id, result: await perform(request) });
  } catch (error) {
    const [problem] = error instanceof ProblemError ? error.problems : [];
    reply({ id: request.id, problem: problem ?? { what: String((error as Error).stack ?? error) } });
  }
}

process.on('message', (message) => void serve(message as Request));
// The parent is gone: so are the sockets' users. Node would stay for the open servers.
process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole terminal; when this process ends is the parent's decision.
process.on('SIGINT', () => {});
reply({ ready: true });
