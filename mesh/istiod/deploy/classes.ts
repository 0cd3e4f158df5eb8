import { setCondition } from '../../kube/controllers/conditions.ts';
import type { Controller } from '../../kube/controllers/controller.ts';
import { equal } from '../../kube/frozen.ts';
import type { Condition } from '../../kube/kinds/pod.ts';
import { now } from '../../kube/naming.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { GATEWAY_CONTROLLER, MESH_CONTROLLER, UNMANAGED_CONTROLLER } from '../ingest/gateway-api/classes.ts';
import { proxyMetadata } from '../inject/metadata.ts';
import type { MeshConfig } from '../mesh-config.ts';

export const gatewayClassKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass' };

interface BuiltIn {
  controller: string;
  description: string;
  /** Exists in a mesh with waypoints only. */
  ambient?: true;
}

/** GetBuiltinGatewayClasses and GetClassInfos in istio pilot/pkg/config/kube/gatewaycommon/classinfo.go. */
const builtIn: { [name: string]: BuiltIn } = {
  istio: { controller: GATEWAY_CONTROLLER, description: 'The default Istio GatewayClass' },
  'istio-remote': {
    controller: UNMANAGED_CONTROLLER,
    description: 'Remote to this cluster. Does not deploy or affect configuration.',
  },
  'istio-waypoint': {
    controller: MESH_CONTROLLER,
    description: 'The default Istio waypoint GatewayClass',
    ambient: true,
  },
};

/** The controller of a class, by its object or built in. */
export const controllerOfClass = (name: string, object: KubeObject | undefined): string | undefined =>
  object ? String(object.spec?.controllerName) : builtIn[name]?.controller;

/** Makes the classes that are missing, also deleted ones, and accepts all that are Istio's (istio gatewaycommon/gatewayclass.go). */
export const gatewayClassController = (mesh: MeshConfig): Controller => ({
  name: 'gateway-class-controller',
  watches: [{ kind: gatewayClassKind }],
  start({ store, clock }) {
    const ambient = proxyMetadata(mesh.raw).ISTIO_META_ENABLE_HBONE === 'true';
    const wanted = Object.keys(builtIn).filter((name) => ambient || !builtIn[name]?.ambient);
    const controllers = new Set(wanted.map((name) => builtIn[name]?.controller));
    const create = (name: string) => {
      const { controller: controllerName = '', description = '' } = builtIn[name] ?? {};
      store.create({ ...gatewayClassKind, metadata: { name }, spec: { controllerName, description } });
    };
    for (const name of wanted) if (!store.get({ ...gatewayClassKind, name })) create(name);
    return {
      reconcile({ name }) {
        const object = store.get({ ...gatewayClassKind, name });
        if (!object) {
          if (wanted.includes(name)) create(name);
        } else if (controllers.has(String(object.spec?.controllerName))) {
          const status = accepted(object, now(clock));
          if (!equal(status, object.status)) store.update({ ...object, status }, { subresource: 'status' });
        }
      },
    };
  },
});

/** GetClassStatus. */
function accepted({ metadata, status }: KubeObject, time: string) {
  const present = Array.isArray(status?.conditions) ? (status.conditions as Condition[]) : [];
  const condition = {
    ...{ type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Handled by Istio controller' },
    observedGeneration: metadata.generation ?? 1,
  };
  return { ...status, conditions: setCondition(present, condition, time) };
}
