import * as dns from 'dns-packet';
import type { DnsAnswer } from '../../kube/cluster-dns.ts';
import type { DnsOptions } from './types.ts';

/** CoreDNS answers names of the cluster for 5 s (plugin kubernetes, ttl); long enough here, as nothing is asked often. */
const ttl = 5;

/** The reply to one query: authoritative, never a referral, NXDOMAIN for what the run does not know. */
export function answerQuery(query: dns.Packet, lookup: DnsOptions['lookup']): dns.Packet {
  const question = query.questions?.[0];
  const found = question === undefined ? undefined : lookup(question.name.toLowerCase().replace(/\.$/, ''));
  const nxdomain = 3;
  return {
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags:
      dns.AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & dns.RECURSION_DESIRED) | (found === undefined ? nxdomain : 0),
    questions: query.questions ?? [],
    answers: question === undefined || found === undefined ? [] : records(question, found),
  };
}

function records({ name, type }: dns.Question, found: DnsAnswer): dns.Answer[] {
  if (type === 'A') return found.ipv4.map((data) => ({ type, name, ttl, data }));
  if (type === 'AAAA') return found.ipv6.map((data) => ({ type, name, ttl, data }));
  if (type === 'SRV') {
    return (found.srv ?? []).map(({ port, target }) => ({
      type,
      name,
      ttl,
      data: { port, target, priority: 0, weight: 100 },
    }));
  }
  return [];
}
