import { describe, expect, it } from 'vitest';
import type { Pod } from '../../kinds/pod.ts';
import type { ContainerReport } from '../../runtime.ts';
import { podStatus } from './status.ts';

const running = (container: string, ready = true): ContainerReport => ({
  container,
  state: 'running',
  ready,
  restarts: 0,
});
const ended = (container: string, exitCode: number): ContainerReport => ({
  container,
  state: 'terminated',
  ready: false,
  restarts: 0,
  exitCode,
});

/** A pod of containers by name: `init:` plain init containers, `sidecar:` native sidecars. */
function pod(names: string[], restartPolicy = 'Always'): Pod {
  const of = (prefix: string) => names.filter((n) => n.startsWith(prefix)).map((n) => n.slice(prefix.length));
  const initContainers = [
    ...of('init:').map((name) => ({ name })),
    ...of('sidecar:').map((name) => ({ name, restartPolicy: 'Always' })),
  ];
  const containers = names.filter((n) => !n.includes(':')).map((name) => ({ name }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { restartPolicy, initContainers, containers },
  };
}
const statusOf = (given: Pod, ...reports: ContainerReport[]) =>
  podStatus(given, new Map(reports.map((r) => [r.container, r])), '2026-01-01T00:00:00Z');

describe('pod status', () => {
  it.each<[string, Pod, ContainerReport[], string, string[]]>([
    ['nothing known yet', pod(['app']), [], 'Pending', ['Initialized']],
    ['running, not ready', pod(['app']), [running('app', false)], 'Running', ['Initialized']],
    ['one of two ready', pod(['a', 'b']), [running('a'), running('b', false)], 'Running', ['Initialized']],
    ['ready', pod(['a', 'b']), [running('a'), running('b')], 'Running', ['Initialized', 'Ready', 'ContainersReady']],
    ['init container at work', pod(['init:i', 'app']), [running('i')], 'Pending', []],
    ['init container done', pod(['init:i', 'app']), [ended('i', 0)], 'Pending', ['Initialized']],
    ['init container failed for good', pod(['init:i', 'app'], 'Never'), [ended('i', 1)], 'Failed', []],
    [
      'init container that nobody reports',
      pod(['init:i', 'app']),
      [running('app')],
      'Running',
      ['Initialized', 'Ready', 'ContainersReady'],
    ],
    ['sidecar not up', pod(['sidecar:proxy', 'app']), [], 'Pending', []],
    [
      'sidecar up, not ready',
      pod(['sidecar:proxy', 'app']),
      [running('proxy', false), running('app')],
      'Running',
      ['Initialized'],
    ],
    [
      'sidecar ready',
      pod(['sidecar:proxy', 'app']),
      [running('proxy'), running('app')],
      'Running',
      ['Initialized', 'Ready', 'ContainersReady'],
    ],
    ['ended, to be started again', pod(['app']), [ended('app', 0)], 'Running', ['Initialized']],
    ['ended well', pod(['app'], 'Never'), [ended('app', 0)], 'Succeeded', ['Initialized']],
    ['ended badly', pod(['app'], 'Never'), [ended('app', 3)], 'Failed', ['Initialized']],
    ['ended badly, to be started again', pod(['app'], 'OnFailure'), [ended('app', 3)], 'Running', ['Initialized']],
  ])('%s', (_name, given, reports, phase, conditions) => {
    const status = statusOf(given, ...reports);
    expect(status.phase).toBe(phase);
    expect(status.conditions?.filter((c) => c.status === 'True').map((c) => c.type)).toEqual(conditions);
  });

  it('names what is missing', () => {
    const ready = statusOf(pod(['sidecar:proxy', 'app'])).conditions?.find((c) => c.type === 'Ready');
    expect(ready).toMatchObject({
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [proxy app]',
    });
  });

  it('keeps the times of what stays the same', () => {
    const given = pod(['app']);
    const first = statusOf(given, running('app'));
    const later = podStatus({ ...given, status: first }, new Map([['app', running('app')]]), '2027-01-01T00:00:00Z');
    expect(later).toEqual(first);
    const worse = podStatus(
      { ...given, status: first },
      new Map([['app', running('app', false)]]),
      '2027-01-01T00:00:00Z',
    );
    expect(worse.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime).toBe('2027-01-01T00:00:00Z');
    expect(worse.conditions?.find((c) => c.type === 'Initialized')?.lastTransitionTime).toBe('2026-01-01T00:00:00Z');
  });
});
