/** What Node's types do not yet tell of process.report. */
interface Report {
  excludeNetwork: boolean;
  getReport(): { header?: { glibcVersionRuntime?: string } };
}

/** Key of this machine in tools.lock.json: `linux-x64`, `darwin-arm64`; `linux-x64-musl` where the C library is not glibc. */
export function hostPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' && !hasGlibc() ? `${name}-musl` : name;
}

function hasGlibc(): boolean {
  const report = process.report as unknown as Report;
  const before = report.excludeNetwork;
  // The report would otherwise resolve the name of every open connection.
  report.excludeNetwork = true;
  try {
    return report.getReport().header?.glibcVersionRuntime !== undefined;
  } finally {
    report.excludeNetwork = before;
  }
}
