/** Controllers of GatewayClasses that istiod answers for (istio gatewaycommon/classinfo.go). */
export interface ClassInfo {
  /** Nothing is made of its Gateways: they are elsewhere. */
  remote: boolean;
  listenerSets: boolean;
  /** Its Gateways are waypoints: they take HBONE, and their names are those of what is deployed. */
  waypoint?: true;
}

export const GATEWAY_CONTROLLER = 'istio.io/gateway-controller';
export const MESH_CONTROLLER = 'istio.io/mesh-controller';
export const UNMANAGED_CONTROLLER = 'istio.io/unmanaged-gateway';

const controllers: { [controller: string]: ClassInfo } = {
  [GATEWAY_CONTROLLER]: { remote: false, listenerSets: true },
  [UNMANAGED_CONTROLLER]: { remote: true, listenerSets: false },
};
const waypoints: ClassInfo = { remote: false, listenerSets: false, waypoint: true };

/** Classes that exist without an object. */
const builtIn: { [name: string]: string } = {
  istio: GATEWAY_CONTROLLER,
  'istio-remote': UNMANAGED_CONTROLLER,
  'istio-waypoint': MESH_CONTROLLER,
};

const infoOf = (controller: string | undefined, ambient: boolean): ClassInfo | undefined => {
  if (ambient && controller === MESH_CONTROLLER) return waypoints;
  return controller !== undefined && Object.hasOwn(controllers, controller) ? controllers[controller] : undefined;
};

export const isController = (name: string | undefined, ambient: boolean): boolean =>
  infoOf(name, ambient) !== undefined;

/** Undefined for a class that is somebody else's. */
export const classInfo = (
  name = '',
  { classes, ambient }: { classes: ReadonlyMap<string, string>; ambient: boolean },
): ClassInfo | undefined => infoOf(classes.get(name) ?? builtIn[name], ambient);
