import type {
  HttpRequest,
  HttpResponse,
  PortServer,
  Workload,
  WorkloadContext,
} from '../../mesh/workloads/workload.ts';

/** A context in which nothing happens: sleeping is instant and recorded, chance is what the test says. */
export function fakeContext(changes: Partial<WorkloadContext> = {}): WorkloadContext & { slept: number[] } {
  const slept: number[] = [];
  const refuse = (what: string) => () => Promise.reject(new Error(`the test does not expect ${what}`));
  return {
    env: {},
    args: [],
    image: { name: 'mesh-labs/test', tag: '1.0.0' },
    pod: {
      name: 'app-v1-7d9c4b-x2x7q',
      namespace: 'shop',
      ip: '10.244.1.5',
      labels: { app: 'app', version: 'v1' },
      serviceAccount: 'app',
    },
    fetch: refuse('fetch'),
    connect: refuse('connect'),
    sleep: async (ms) => void slept.push(ms),
    random: () => 0.5,
    now: () => 1_700_000_000_000,
    log: () => {},
    ...changes,
    slept,
  };
}

export interface Answer extends HttpResponse {
  headers: { [name: string]: string };
  text: string;
}

/** Starts a workload's port and answers requests given as `METHOD path`. */
export function serve(workload: Workload, port: number, ctx: WorkloadContext = fakeContext()) {
  const server: PortServer | undefined = workload.ports(ctx)[port];
  if (server?.protocol !== 'http') throw new Error(`${workload.name} serves no HTTP on ${port}`);
  return async (line: string, rest: Partial<HttpRequest> & { text?: string } = {}): Promise<Answer> => {
    const [method = '', path = ''] = line.split(' ');
    const body = new TextEncoder().encode(rest.text ?? '');
    const response = await server.handle(
      { method, path, body, ...rest, headers: { host: 'app', ...rest.headers } },
      ctx,
    );
    return { ...response, headers: response.headers ?? {}, text: await textOf(response.body) };
  };
}

async function textOf(body: HttpResponse['body']): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return new TextDecoder('latin1').decode(body);
  let text = '';
  for await (const chunk of body) text += new TextDecoder().decode(chunk);
  return text;
}
