#!/usr/bin/env node
// Plain JavaScript, and old JavaScript at that: this file must run on any Node, to say which one is needed.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const neededMajor = 24;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');

/** The clone's own Node (npm package `node`), unless it is the one that runs already. */
function ownNode() {
  const file = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) && realpathSync(file) !== realpathSync(process.execPath) ? file : undefined;
}

/** Runs this file again with another Node: same terminal, same signals, same exit code. */
function runWith(node) {
  // Listening comes first: a signal must not end this process between the start of the other and its forwarding.
  let child;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('error', (error) => refuse(`${node} does not start (${error.message}).`));
  child.on('exit', (code, signal) => process.exit(code === null ? 128 + (os.constants.signals[signal] || 0) : code));
}

function refuse(reason) {
  const message = `mesh-labs: ${reason} It needs Node ${neededMajor} or newer: https://nodejs.org or \`npx -y node@${neededMajor}\`.`;
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

/** Compiled code is kept below our cache folder, so that `mesh-labs clean --cache` removes it too. */
async function keepCompiledCode() {
  const { default: envPaths } = await import('env-paths');
  const cache = process.env.MESH_LABS_CACHE || envPaths('mesh-labs', { suffix: '' }).cache;
  module.enableCompileCache(path.join(cache, 'compile'));
}

async function start() {
  await keepCompiledCode();
  // A clone has the sources, which Node runs as they are; the published package has only what the build made of them.
  const source = path.join(here, '..', 'cli', 'main.ts');
  const main = existsSync(source) ? source : path.join(root, 'dist', 'runner', 'cli', 'main.js');
  const { runProcess } = await import(pathToFileURL(main).href);
  await runProcess(process.argv.slice(2));
}

const major = Number(process.versions.node.split('.')[0]);
const other = major < neededMajor ? ownNode() : undefined;
if (major >= neededMajor) await start();
else if (other) runWith(other);
else refuse(`this is Node ${process.versions.node}.`);
