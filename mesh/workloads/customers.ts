import { escapeHtml, html, routes } from './routes.ts';
import type { Workload } from './workload.ts';

const customers = [
  { name: 'Amara Nwosu', city: 'Lagos' },
  { name: 'Birgit Sommer', city: 'Leipzig' },
  { name: 'Chen Jia', city: 'Chengdu' },
  { name: 'Davi Moreira', city: 'Recife' },
  { name: 'Elif Kaya', city: 'Izmir' },
];

/** Version 1 knows names; version 2 (by image tag) adds the city, which is how the two are told apart. */
export const customersWorkload: Workload = {
  name: 'customers',
  images: ['tetratelabs/customers'],
  tags: ['1.0.0', '2.0.0'],
  ports(ctx) {
    const hasCity = ctx.image.tag === '2.0.0';
    const body = JSON.stringify(customers.map(({ name, city }) => (hasCity ? { city, name } : { name })));
    const answer = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
    const handle = routes({ 'GET /': () => answer }, (r) => html(`Cannot ${r.method} ${escapeHtml(r.pathname)}`, 404));
    return { 3000: { protocol: 'http', handle } };
  },
};
