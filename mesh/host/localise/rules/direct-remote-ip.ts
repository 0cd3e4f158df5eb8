import { type Rule, resourcesOf } from '../rule.ts';
import { forEachObject } from '../walk.ts';

/**
 * istiod writes ipBlocks as directRemoteIp: the address of the TCP peer, which here is 127.0.0.1. sourceIp is the one of
 * the PROXY header (spike, section 4, measured).
 */
export const directRemoteIp: Rule = {
  name: 'directRemoteIp',
  apply(config) {
    forEachObject(resourcesOf(config), (object) => {
      if (object.directRemoteIp === undefined) return;
      object.sourceIp = object.directRemoteIp;
      delete object.directRemoteIp;
    });
  },
};
