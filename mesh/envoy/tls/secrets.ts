import type { Certificate, NodeInfo } from '../facts.ts';

/** What SDS would deliver under one name. */
export interface Secret {
  certificate?: Certificate;
  /** Names of the CAs to trust (Certificate.issuer). */
  roots?: readonly string[];
}

/** Stands for the CA and for SDS: the facts of a secret, or undefined when there is none (the TLS context then refuses every connection). */
export type Issue = (request: { node: NodeInfo; name: string }) => Secret | undefined;

/** The secrets of one proxy, asked for once each. */
export class Secrets {
  readonly #known = new Map<string, Secret | undefined>();
  readonly #issue: Issue;
  readonly #node: NodeInfo;

  constructor(issue: Issue, node: NodeInfo) {
    this.#issue = issue;
    this.#node = node;
  }

  get(name: string): Secret | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#issue({ node: this.#node, name }));
    return this.#known.get(name);
  }

  /** Asks anew from now on: certificates were rotated. */
  forget(): void {
    this.#known.clear();
  }

  names(): string[] {
    return [...this.#known.keys()];
  }
}
