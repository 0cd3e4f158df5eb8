import type { Profile } from '../../../mesh/istiod/mesh-config.ts';
import type { XdsConfig } from '../../../mesh/istiod/xds/types.ts';
import { xds } from '../../../mesh/istiod/xds/xds.ts';
import { CommandError, exitCodes } from '../../fail.ts';
import { suggestion } from '../../lab/nearest.ts';
import { loadInput, type XdsInput } from '../xds-input.ts';
import { type Answer, isFolder, write } from '../xds-output.ts';
import { type NamedProxy, proxiesNamed } from '../xds-proxies.ts';
import type { XdsIo } from '../xds-world.ts';

export interface XdsOptions {
  /** Manifests, folders of them, `-`; the order of documents is their age, first is oldest, unless they have a creationTimestamp. */
  file: readonly string[];
  /** `POD.NAMESPACE`, or a file that lists proxies; one of the two. */
  proxy?: string;
  proxies?: string;
  meshConfig?: string;
  /** Install profile: `default`, or `ambient`, in which sidecars and gateways use HBONE. */
  profile?: string;
  /** `summary` (default on a terminal), `json` (default elsewhere), `yaml`, or a folder that gets one file for each proxy. */
  output?: string;
  /** Tell which object and field caused each part, and where it is written. */
  origins?: boolean;
}

/**
 * Configuration as istiod would send it, without a cluster. What a cluster would refuse is thrown (written to a folder: left out and
 * listed in admission.json); other problems are told.
 */
export async function xdsCommand(options: XdsOptions, io: XdsIo): Promise<void> {
  const profile = profileNamed(options.profile ?? 'default');
  const { file, meshConfig, output } = options;
  // A folder of answers is held against a cluster's, where what is refused is not there and all else is.
  const input = await loadInput({ file, meshConfig, profile, leaveOutRefused: isFolder(output) }, io);
  const listed = options.proxies === undefined ? undefined : await io.readFile(options.proxies);
  const proxies = proxiesNamed(options, listed, input.snapshot);
  const told = new Set<string>();
  const answers = proxies.map((named) => answer(named, input, { io, told }));
  await write(answers, { input, io, format: options.output, origins: options.origins ?? false });
}

function profileNamed(profile: string): Profile {
  if (profile === 'default' || profile === 'ambient') return profile;
  const fix = suggestion(profile, ['default', 'ambient']);
  throw new CommandError(exitCodes.usage, { what: `there is no profile ${profile}`, fix });
}

/** Problems of several proxies are often the same ones. */
function answer({ name, proxy }: NamedProxy, input: XdsInput, { io, told }: { io: XdsIo; told: Set<string> }): Answer {
  const config: XdsConfig = xds(input.snapshot, proxy);
  for (const problem of config.problems.slice(input.snapshot.problems.length)) {
    if (told.has(problem.what)) continue;
    told.add(problem.what);
    io.problem(input.sources.placed(problem));
  }
  return { name, proxy, config };
}
