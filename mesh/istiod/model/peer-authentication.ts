import { map, obj, type Shape, str } from './shape.ts';

const mtls = obj({ mode: str });

/** security.istio.io/v1 PeerAuthentication. */
export const peerAuthentication = obj({
  selector: obj({ matchLabels: map(str) }),
  mtls,
  portLevelMtls: map(mtls),
});
export type PeerAuthentication = Shape<typeof peerAuthentication>;

export type MtlsMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT';
/** UNSET and unknown words give undefined: the setting of the next wider scope holds. */
export const mtlsMode = (mode: string | undefined): MtlsMode | undefined =>
  mode === 'DISABLE' || mode === 'PERMISSIVE' || mode === 'STRICT' ? mode : undefined;
