import type { Workload } from './workload.ts';

/** `sleep infinity`: a pod to send requests from. The older sample `sleep` runs the same image. */
export const curl: Workload = {
  name: 'curl',
  images: ['curlimages/curl'],
  ports: () => ({}),
};
