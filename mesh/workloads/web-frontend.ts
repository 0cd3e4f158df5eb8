import { propagate } from './propagate.ts';
import { escapeHtml, html, routes } from './routes.ts';
import type { HttpRequest, HttpResponse, Workload, WorkloadContext } from './workload.ts';

interface Customer {
  name: string;
  city?: string;
}

/** A page with the customers; one call to CUSTOMER_SERVICE_URL per page view. */
export const webFrontend: Workload = {
  name: 'web-frontend',
  images: ['tetratelabs/web-frontend'],
  tags: ['1.0.0'],
  ports() {
    const handle = routes({ 'GET /': page }, (r) => html(`Cannot ${r.method} ${escapeHtml(r.pathname)}`, 404));
    return { 8080: { protocol: 'http', handle } };
  },
};

async function page(request: HttpRequest, ctx: WorkloadContext): Promise<HttpResponse> {
  try {
    return html(render(await customers(request, ctx)));
  } catch (error) {
    return html(layout(`<p>Failed to load the customers: ${escapeHtml(reason(error))}</p>`), 500);
  }
}

async function customers(request: HttpRequest, ctx: WorkloadContext): Promise<Customer[]> {
  const url = ctx.env.CUSTOMER_SERVICE_URL;
  if (!url) throw new Error('CUSTOMER_SERVICE_URL is not set');
  const response = await ctx.fetch(url, { headers: propagate(request.headers, ctx, ['user']) });
  const body = new TextDecoder().decode(response.body);
  if (response.status !== 200) throw new Error(`the service answered with status ${response.status}: ${body}`);
  const list: unknown = JSON.parse(body);
  if (!Array.isArray(list)) throw new Error('the service did not answer with a list');
  return list;
}

/** The socket's error code (ECONNRESET …) is what a reader of the page needs to see. */
function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return code && !message?.includes(code) ? `${message} (${code})` : String(message);
}

function render(list: Customer[]): string {
  const columns = list.some((c) => c.city !== undefined) ? (['name', 'city'] as const) : (['name'] as const);
  const row = (cell: 'th' | 'td', texts: string[]) =>
    `<tr>${texts.map((t) => `<${cell}>${escapeHtml(t)}</${cell}>`).join('')}</tr>`;
  const head = row(
    'th',
    columns.map((c) => c.toUpperCase()),
  );
  const rows = list.map((c) =>
    row(
      'td',
      columns.map((k) => String(c[k] ?? '')),
    ),
  );
  return layout(`<table>\n<thead>${head}</thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`);
}

const layout = (body: string): string =>
  `<!doctype html>\n<html lang="en">\n<head><title>Customers</title></head>\n<body>\n<h1>Customers</h1>\n${body}\n</body>\n</html>\n`;
