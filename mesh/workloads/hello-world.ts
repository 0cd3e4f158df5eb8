import { escapeHtml, html, routes } from './routes.ts';
import type { Workload } from './workload.ts';

export const helloWorld: Workload = {
  name: 'hello-world',
  images: ['tetratelabs/hello-world'],
  ports() {
    const handle = routes({ 'GET /': () => html('Hello World') }, (r) =>
      html(`Cannot ${r.method} ${escapeHtml(r.pathname)}`, 404),
    );
    return { 3000: { protocol: 'http', handle } };
  },
};
