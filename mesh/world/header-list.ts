/**
 * Headers of one message, as Envoy holds them: names in lower case, pseudo-headers (`:method`, `:path`, `:authority`,
 * `:scheme`; `:status`) first, order and repetitions kept. Two arrays and a linear search: messages have about a dozen
 * headers, and both are faster to copy and to search than a Map.
 */
export class HeaderList {
  readonly names: string[];
  readonly values: string[];

  constructor(names: string[] = [], values: string[] = []) {
    this.names = names;
    this.values = values;
  }

  /** `pairs` in order; names may have any case. */
  static from(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.add(name.toLowerCase(), value);
    return list;
  }

  get size(): number {
    return this.names.length;
  }

  /** The first value. `name` in lower case, as everywhere below. */
  get(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** All values joined by "," as Envoy's matchers read repeated headers (envoy source/common/http/header_utility.cc, getAllOfHeaderAsString). */
  joined(name: string): string | undefined {
    const first = this.names.indexOf(name);
    if (first < 0) return undefined;
    if (this.names.indexOf(name, first + 1) < 0) return this.values[first];
    return this.values.filter((_, i) => this.names[i] === name).join(',');
  }

  all(name: string): string[] {
    return this.values.filter((_, i) => this.names[i] === name);
  }

  /** Replaces all values, at the place of the first one. A new pseudo-header goes to the front. */
  set(name: string, value: string): void {
    const at = this.names.indexOf(name);
    if (at < 0) {
      this.add(name, value);
      return;
    }
    this.values[at] = value;
    for (let i = this.names.indexOf(name, at + 1); i >= 0; i = this.names.indexOf(name, i)) this.#drop(i);
  }

  add(name: string, value: string): void {
    if (name.charCodeAt(0) === 58) {
      this.names.unshift(name);
      this.values.unshift(value);
      return;
    }
    this.names.push(name);
    this.values.push(value);
  }

  /** Whether there was one. */
  remove(name: string): boolean {
    let at = this.names.indexOf(name);
    if (at < 0) return false;
    for (; at >= 0; at = this.names.indexOf(name, at)) this.#drop(at);
    return true;
  }

  copy(): HeaderList {
    return new HeaderList(this.names.slice(), this.values.slice());
  }

  entries(): [string, string][] {
    return this.names.map((name, i) => [name, this.values[i] ?? '']);
  }

  /** Whether any name starts so. */
  hasPrefix(prefix: string): boolean {
    // By the character after what all x-envoy- headers share, because that is what is asked on the hot path.
    const at = prefix.length - 1;
    const last = prefix.charCodeAt(at);
    for (const name of this.names) if (name.charCodeAt(at) === last && name.startsWith(prefix)) return true;
    return false;
  }

  /** Bytes of names and values, as Envoy counts them against its limits (HeaderMapImpl::byteSize). */
  byteSize(): number {
    let bytes = 0;
    for (let i = 0; i < this.names.length; i++) bytes += (this.names[i]?.length ?? 0) + (this.values[i]?.length ?? 0);
    return bytes;
  }

  #drop(at: number): void {
    this.names.splice(at, 1);
    this.values.splice(at, 1);
  }
}
