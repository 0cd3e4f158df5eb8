import { connect } from 'node:net';
import { uplinkHeader } from '../../mesh/world/dial.ts';

// A child process of real-envoys.ts: requests over kept-alive connections, each as soon as the answer before it is there.

export interface LoadTask {
  /** Capture socket of the client's proxy. */
  socket: string;
  /** Address of the client's pod. */
  source: string;
  connections: number;
  seconds: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
}

const request = 'GET / HTTP/1.1\r\nhost: customers.shop.svc.cluster.local\r\n\r\n';
const service = { ip: '10.96.0.11', port: 80 };
const statusLine = 'HTTP/1.1 200';
/** The app's answers are one byte long. */
const endOfAnswer = /\r\n\r\nv$/;

process.once('message', (task: LoadTask) => {
  let requests = 0;
  const start = performance.now();
  const over = () => performance.now() - start > task.seconds * 1000;
  const open = Array.from({ length: task.connections }, (_, i) =>
    worker(task, i, () => {
      requests++;
      return !over();
    }),
  );
  void Promise.all(open).then(() => {
    process.send?.({ requests, seconds: (performance.now() - start) / 1000 } satisfies LoadResult);
    process.disconnect();
  });
});

/** Resolves when `answered` has said that it is enough; ends the process when an answer is wrong. */
function worker({ socket: path, source }: LoadTask, i: number, answered: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.write(uplinkHeader({ socket: path }, { ip: source, port: 40_000 + i }, service));
    let got = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      got += chunk;
      if (!endOfAnswer.test(got)) return;
      if (!got.startsWith(statusLine)) throw new Error(got);
      got = '';
      if (answered()) socket.write(request);
      else {
        socket.destroy();
        resolve();
      }
    });
    socket.write(request);
  });
}
