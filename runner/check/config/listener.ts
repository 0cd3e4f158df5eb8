import type { ConfigFacts } from '../../lab/schema/facts.ts';
import { listeners, text } from './dump.ts';
import type { ConfigFact } from './fact.ts';

type ListenerFacts = NonNullable<ConfigFacts['listener']>;

export const listener: ConfigFact<ListenerFacts> = {
  name: 'listener',
  describe: ({ name, absent }) => (absent ? `no listener ${name}` : `listener ${name}`),
  faults: (proxy, { name, absent }) => {
    const found = listeners(proxy).some((l) => text(l, 'name') === name);
    if (absent) return found ? [`it has the listener ${name}`] : [];
    return found ? [] : [`it has no listener ${name}`];
  },
};
