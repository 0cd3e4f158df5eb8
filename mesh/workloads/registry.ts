import { curl } from './curl.ts';
import { customersWorkload } from './customers.ts';
import { flaky } from './flaky.ts';
import { gatewayEcho } from './gateway-echo.ts';
import { helloWorld } from './hello-world.ts';
import { helloworld } from './helloworld.ts';
import { httpbin } from './httpbin/httpbin.ts';
import { parseImage } from './image.ts';
import { webFrontend } from './web-frontend.ts';
import type { Workload } from './workload.ts';

const workloads: Workload[] = [
  curl,
  customersWorkload,
  flaky,
  gatewayEcho,
  helloWorld,
  helloworld,
  httpbin,
  webFrontend,
];

/** The module that stands for an image, registry and digest ignored. Undefined: the image cannot be pulled. */
export function findWorkload(image: string): Workload | undefined {
  const { name, tag } = parseImage(image);
  return workloads.find((w) => w.images.includes(name) && (w.tags?.includes(tag) ?? true));
}

/** Every image that can be pulled, for messages; with its tags where only some exist: `tetratelabs/customers:1.0.0`. */
export const knownImages: readonly string[] = workloads
  .flatMap((w) => w.images.flatMap((name) => w.tags?.map((tag) => `${name}:${tag}`) ?? [name]))
  .sort();
