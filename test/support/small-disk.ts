import { findExecutable, run } from '../../mesh/host/exec.ts';

const inNamespace = ['--map-root-user', '--mount', 'sh', '-c'];

/** Why no file system of our own can be mounted here, if so: it takes Linux with user namespaces (or root). */
export async function noMounts(): Promise<string | undefined> {
  if (!(await findExecutable('unshare', process.env.PATH))) return 'no unshare on PATH';
  return run('unshare', [...inNamespace, 'mount -t tmpfs tmpfs /tmp']).then(
    () => undefined,
    (error: Error) => `nothing can be mounted here: ${error.message}`,
  );
}

/**
 * Runs a module script in a Node process that sees `folder` as a file system of its own, with tmpfs(5) options such
 * as `size=64k` or `ro`. The mount ends with the process. Returns the JSON that the script printed.
 */
export async function onDisk<T>(folder: string, options: string, script: string): Promise<T> {
  const command = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" --input-type=module -e "$4"';
  const { stdout } = await run('unshare', [...inNamespace, command, 'sh', options, folder, process.execPath, script]);
  return JSON.parse(stdout) as T;
}
