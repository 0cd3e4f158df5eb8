import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../../kinds/pod.ts';
import type { ContainerReport } from '../../runtime.ts';
import { conditionOf, setCondition } from '../conditions.ts';

/** What the kubelet knows of a pod's containers: the last report of each. */
export type Reports = ReadonlyMap<string, ContainerReport>;

const isSidecar = (container: Container) => container.restartPolicy === 'Always';

/**
 * The pod's status by the reports of its containers (kubernetes pkg/kubelet/kubelet_pods.go, status/generate.go).
 * `now` is written where something changed; what stays the same keeps its times.
 */
export function podStatus(pod: Pod, reports: Reports, now: string): PodStatus {
  const { initContainers = [], containers } = pod.spec ?? { containers: [] };
  const old = pod.status ?? {};
  const known = withImpliedEnds(initContainers, containers, reports);
  const statusOf = (list: ContainerStatus[] | undefined) => (container: Container) =>
    containerStatus(container, {
      report: known.get(container.name),
      old: list?.find((s) => s.name === container.name),
      now,
    });
  const initContainerStatuses = initContainers.map(statusOf(old.initContainerStatuses));
  const containerStatuses = containers.map(statusOf(old.containerStatuses));
  const next: PodStatus = {
    ...old,
    phase: phaseOf(pod, initContainerStatuses, containerStatuses),
    containerStatuses,
    ...(initContainers.length > 0 ? { initContainerStatuses } : {}),
  };
  return { ...next, conditions: conditions(pod, next, now) };
}

/**
 * An app container runs only after every plain init container has ended well, so a runtime that has nothing to do for
 * one (istio-init: there is no iptables here) need not report it.
 */
function withImpliedEnds(init: Container[], containers: Container[], reports: Reports): Reports {
  const running = containers.some(({ name }) => (reports.get(name)?.state ?? 'waiting') !== 'waiting');
  const implied = init
    .filter((container) => running && !isSidecar(container) && !reports.has(container.name))
    .map(({ name }): [string, ContainerReport] => [
      name,
      { container: name, state: 'terminated', ready: true, restarts: 0, reason: 'Completed', exitCode: 0 },
    ]);
  return new Map([...reports, ...implied]);
}

interface Known {
  report: ContainerReport | undefined;
  old: ContainerStatus | undefined;
  now: string;
}

function containerStatus({ name, image = '' }: Container, { report, old, now }: Known): ContainerStatus {
  const state = stateOf(report, old, now);
  const restarted = old !== undefined && report !== undefined && report.restarts > old.restartCount;
  const lastState = restarted ? endedState(old.state, now) : old?.lastState;
  return {
    name,
    image,
    imageID: '',
    ready: report?.ready ?? false,
    started: report?.state === 'running',
    restartCount: report?.restarts ?? 0,
    state,
    ...(lastState ? { lastState } : {}),
  };
}

function stateOf(report: ContainerReport | undefined, old: ContainerStatus | undefined, now: string): ContainerState {
  const { state = 'waiting', reason, message, exitCode = 0, restarts = 0 } = report ?? {};
  const words = { ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
  if (state === 'waiting') return { waiting: { reason: 'ContainerCreating', ...words } };
  const same = old?.restartCount === restarts;
  if (state === 'running') return { running: { startedAt: (same && old?.state.running?.startedAt) || now } };
  const before = same ? old?.state.terminated : undefined;
  return {
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      ...words,
      startedAt: before?.startedAt ?? old?.state.running?.startedAt ?? now,
      finishedAt: before?.finishedAt ?? now,
    },
  };
}

/** What the container was before it was started again. */
function endedState(state: ContainerState, now: string): ContainerState {
  if (state.terminated) return { terminated: state.terminated };
  return { terminated: { exitCode: 1, reason: 'Error', startedAt: state.running?.startedAt ?? now, finishedAt: now } };
}

function phaseOf(pod: Pod, init: ContainerStatus[], containers: ContainerStatus[]): string {
  const { restartPolicy = 'Always', initContainers = [] } = pod.spec ?? {};
  const failed = (s: ContainerStatus) => s.state.terminated !== undefined && s.state.terminated.exitCode !== 0;
  const plainInit = init.filter((_, i) => !isSidecar(initContainers[i] ?? { name: '' }));
  if (restartPolicy === 'Never' && plainInit.some(failed)) return 'Failed';
  if (pendingInit(pod, init).length > 0 || containers.every((s) => s.state.waiting && s.restartCount === 0))
    return 'Pending';
  if (restartPolicy === 'Always' || !containers.every((s) => s.state.terminated)) return 'Running';
  if (!containers.some(failed)) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

/** Init containers that keep the others from starting: plain ones until they have ended well, sidecars until they run. */
function pendingInit(pod: Pod, init: ContainerStatus[]): string[] {
  const done = (status: ContainerStatus, i: number) =>
    isSidecar(pod.spec?.initContainers?.[i] ?? { name: '' })
      ? status.started || status.restartCount > 0
      : status.state.terminated?.exitCode === 0;
  return init.filter((status, i) => !done(status, i)).map((status) => status.name);
}

function conditions(pod: Pod, status: PodStatus, now: string): Condition[] {
  const { initContainers = [] } = pod.spec ?? {};
  const init = status.initContainerStatuses ?? [];
  const sidecars = init.filter((_, i) => isSidecar(initContainers[i] ?? { name: '' }));
  const waiting = pendingInit(pod, init);
  const unready = [...sidecars, ...(status.containerStatuses ?? [])].filter((s) => !s.ready).map((s) => s.name);
  const initialized = condition('Initialized', waiting.length > 0 ? ['Init', waiting] : undefined);
  const done = status.phase === 'Succeeded';
  const notReady: Missing = unready.length > 0 ? ['', unready] : undefined;
  const containersReady = done ? completed('ContainersReady') : condition('ContainersReady', notReady);
  const ready = done ? completed('Ready') : gated(pod, status, condition('Ready', notReady));
  const all = [initialized, ready, containersReady];
  return all.reduce((present, next) => setCondition(present, next, now), status.conditions ?? []);
}

type Missing = [kind: 'Init' | '', names: string[]] | undefined;

function condition(type: string, missing: Missing): Condition {
  if (!missing) return { type, status: 'True' };
  const [kind, names] = missing;
  const reason = kind === 'Init' ? 'ContainersNotInitialized' : 'ContainersNotReady';
  const words = kind === 'Init' ? 'incomplete' : 'unready';
  return { type, status: 'False', reason, message: `containers with ${words} status: [${names.join(' ')}]` };
}

const completed = (type: string): Condition => ({ type, status: 'False', reason: 'PodCompleted' });

/** Readiness gates: further conditions that somebody else writes. */
function gated(pod: Pod, status: PodStatus, ready: Condition): Condition {
  const gates = (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType);
  const open = gates.filter((type) => conditionOf(status.conditions, type)?.status !== 'True');
  if (ready.status !== 'True' || open.length === 0) return ready;
  const message = open
    .map((type) => `corresponding condition of pod readiness gate "${type}" does not exist.`)
    .join(', ');
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message };
}
