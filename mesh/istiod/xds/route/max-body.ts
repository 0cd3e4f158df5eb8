/** The limit that istiod's validation sets on bodies of direct responses: 1 MiB instead of Envoy's 4 KiB. */
export const MAX_BODY = 1024 * 1024;
