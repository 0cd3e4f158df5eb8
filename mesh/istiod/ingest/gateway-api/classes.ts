/** Controllers of GatewayClasses that istiod answers for without ambient mode (istio gatewaycommon/classinfo.go). */
export interface ClassInfo {
  /** Nothing is made of its Gateways: they are elsewhere. */
  remote: boolean;
  listenerSets: boolean;
}

export const GATEWAY_CONTROLLER = 'istio.io/gateway-controller';
export const MESH_CONTROLLER = 'istio.io/mesh-controller';
export const UNMANAGED_CONTROLLER = 'istio.io/unmanaged-gateway';

const controllers: { [controller: string]: ClassInfo } = {
  [GATEWAY_CONTROLLER]: { remote: false, listenerSets: true },
  [UNMANAGED_CONTROLLER]: { remote: true, listenerSets: false },
};
/** Classes that exist without an object. */
const builtIn: { [name: string]: string } = {
  istio: GATEWAY_CONTROLLER,
  'istio-remote': UNMANAGED_CONTROLLER,
};

export const isController = (name: string | undefined): boolean =>
  name !== undefined && Object.hasOwn(controllers, name);

/** Undefined for a class that is somebody else's. */
export function classInfo(name: string | undefined, classes: ReadonlyMap<string, string>): ClassInfo | undefined {
  const controller = classes.get(name ?? '') ?? builtIn[name ?? ''];
  return controller !== undefined && isController(controller) ? controllers[controller] : undefined;
}
