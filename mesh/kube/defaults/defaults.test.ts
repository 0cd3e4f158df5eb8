import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testCluster } from '../../../test/support/kube-cluster.ts';
import type { JsonObject } from '../../json.ts';

const meta = 'metadata: {name: x, namespace: default}';
const made = (yaml: string) => testCluster().store.create(parse(yaml)).spec as JsonObject;
const pod = (spec: string) => made(`apiVersion: v1\nkind: Pod\n${meta}\nspec: ${spec}`);
const service = (spec: string) => made(`apiVersion: v1\nkind: Service\n${meta}\nspec: ${spec}`);
const deployment = (spec: string) =>
  made(
    `apiVersion: apps/v1\nkind: Deployment\n${meta}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}, ${spec}}`,
  );

describe('defaults of a Pod', () => {
  it('are the API server’s', () => {
    expect(
      pod(
        '{containers: [{name: c, image: "i:1", ports: [{containerPort: 80}], readinessProbe: {httpGet: {port: 80}}}]}',
      ),
    ).toMatchObject({
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          imagePullPolicy: 'IfNotPresent',
          ports: [{ protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { path: '/', scheme: 'HTTP' },
            periodSeconds: 10,
            timeoutSeconds: 1,
            failureThreshold: 3,
          },
        },
      ],
    });
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('pull %s %s', (image, imagePullPolicy) => {
    expect(pod(`{containers: [{name: c, image: "${image}"}]}`).containers).toMatchObject([{ imagePullPolicy }]);
  });
});

describe('defaults of a Deployment', () => {
  it.each<[string, JsonObject]>([
    [
      '',
      {
        replicas: 1,
        revisionHistoryLimit: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
    ],
    [
      'strategy: {rollingUpdate: {maxSurge: 1}}',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } } },
    ],
    ['strategy: {type: Recreate}', { strategy: { type: 'Recreate' } }],
    ['replicas: 0', { replicas: 0 }],
  ])('with {%s}', (spec, want) => expect(deployment(spec)).toMatchObject(want));
});

describe('defaults of a Service', () => {
  it.each<[string, JsonObject]>([
    [
      '{ports: [{port: 80}]}',
      {
        type: 'ClusterIP',
        clusterIP: '10.96.0.2',
        clusterIPs: ['10.96.0.2'],
        ports: [{ protocol: 'TCP', targetPort: 80 }],
      },
    ],
    ['{ports: [{port: 80, targetPort: http}]}', { ports: [{ targetPort: 'http' }] }],
    ['{clusterIP: None}', { clusterIP: 'None', clusterIPs: ['None'] }],
    ['{clusterIP: 10.96.7.7, ports: [{port: 80}]}', { clusterIP: '10.96.7.7' }],
    [
      '{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81}]}',
      { ports: [{ nodePort: 30000 }, { nodePort: 30001 }] },
    ],
  ])('with %s', (spec, want) => expect(service(spec)).toMatchObject(want));

  it('give an external name no address', () => {
    expect(service('{type: ExternalName, externalName: a.test}')).not.toHaveProperty('clusterIP');
  });
});
