import { CommandError, exitCodes } from '../fail.ts';
import type { Place } from '../place/place.ts';
import type { Deps } from './deps.ts';

/** Names that `--on` knows, besides `context:NAME`. */
const names = ['auto', 'sim', 'local', 'kind'] as const;

/** The order in which `auto` takes a place: what is most real first. Clusters are never chosen silently. */
const autoOrder = ['local', 'sim'] as const;

export interface Chosen {
  place: Place;
  /** What it is made of here: `real Envoy 1.40.0 from the cache`. */
  about: string;
  why: string;
}

/** Checks a value of `--on`; throws a CommandError (2) for one that is none. */
export function parseOn(on: string): string {
  if ((names as readonly string[]).includes(on) || /^context:.+$/.test(on)) return on;
  throw new CommandError(exitCodes.usage, {
    what: `\`--on ${on}\` is no place.`,
    fix: `Places: ${names.join(', ')}, context:NAME.`,
  });
}

export interface PlaceOptions {
  /** A dry run starts nothing, so what the place lacks is no reason. */
  mayLack: boolean;
  /** What the place would ask is answered with yes. */
  yes: boolean;
}

/** The place for `--on`. Throws a CommandError (3) with the place's own reason and fix when it cannot be had. */
export async function choosePlace(on: string, deps: Deps, options: PlaceOptions): Promise<Chosen> {
  if (on === 'auto') return chooseAuto(deps, options);
  const source = deps.places[on];
  if (!source) throw notBuilt(on, deps);
  const place = await source.create(options);
  const lack = options.mayLack ? undefined : await place.unavailable();
  if (lack) throw new CommandError(exitCodes.unavailable, lack);
  return { place, about: await source.describe(), why: `Chosen by --on ${on}.` };
}

async function chooseAuto(deps: Deps, options: PlaceOptions): Promise<Chosen> {
  const lacks: { what: string; fix: string }[] = [];
  for (const name of autoOrder) {
    const source = deps.places[name];
    if (!source) continue;
    const place = await source.create(options);
    const lack = options.mayLack ? undefined : await place.unavailable();
    if (!lack) return { place, about: await source.describe(), why: whyAuto(lacks) };
    lacks.push(lack);
  }
  const [first, ...rest] = lacks;
  throw new CommandError(exitCodes.unavailable, first ?? { what: 'No place is built into this version.' }, ...rest);
}

const whyAuto = (lacks: readonly { what: string }[]) =>
  lacks[0]
    ? `Chosen because a more real place cannot be had: ${lacks[0].what}`
    : 'Chosen as the most real place that needs no cluster.';

function notBuilt(on: string, { places }: Deps): CommandError {
  const now = Object.keys(places);
  return new CommandError(exitCodes.unavailable, {
    what: `Place ${on} is not part of this version yet.`,
    fix: `Available now: ${now.join(', ') || 'none'}. Leave out --on to let mesh-labs choose.`,
  });
}
