/** `promise`, or the abort of `stop`, whichever comes first. */
export async function raced<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(stop.reason);
  if (stop.aborted) onAbort();
  stop.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}
