import { html, routes } from './routes.ts';
import type { Workload } from './workload.ts';

/** Says its version and pod; the path and the texts are those of Istio's samples/helloworld/src/app.py. */
export const helloworld: Workload = {
  name: 'helloworld',
  images: ['istio/examples-helloworld-v1', 'istio/examples-helloworld-v2'],
  ports(ctx) {
    // The images differ only in SERVICE_VERSION, which a manifest may override.
    const version = ctx.env.SERVICE_VERSION ?? (ctx.image.name.endsWith('-v2') ? 'v2' : 'v1');
    const handle = routes(
      {
        'GET /hello': () => html(`Hello version: ${version}, instance: ${ctx.pod.name}\n`),
        'GET /health': () => html('Helloworld is healthy'),
      },
      (_, status) => html(status === 404 ? 'Not Found\n' : 'Method Not Allowed\n', status),
    );
    return { 5000: { protocol: 'http', handle } };
  },
};
