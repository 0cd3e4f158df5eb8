import { Socket } from 'node:net';
import { lineSplitter } from './lines.ts';
import { Session } from './session.ts';

// The client's entry; started by startTraffic(), or inside a pod from a one-file bundle.

// process.stdout writes pipes synchronously: a parent that is busy would stop the measurement.
const output = new Socket({ fd: 1, readable: false, writable: true });
const session = new Session((message) => output.write(`${JSON.stringify(message)}\n`));

process.stdin.on(
  'data',
  lineSplitter((line) => session.receive(JSON.parse(line))),
);
// Whoever wanted this traffic is gone.
process.stdin.on('end', () => process.exit(0));
output.on('error', () => process.exit(0));
// Ctrl-C goes to the whole terminal; when this process ends is the parent's decision.
process.on('SIGINT', () => {});
output.write('{"ready":true}\n');
