import { type AnalyzeFacts, analyzeFacts } from '../lab/schema/facts.ts';
import type { AnalysisMessage, CheckKind } from './kind.ts';
import { many } from './text.ts';

export const analyze: CheckKind<AnalyzeFacts, 'analysis'> = {
  name: 'analyze',
  schema: analyzeFacts,
  needs: 'analysis',
  describe: (facts) => `analyze says ${facts.absent ? 'no ' : ''}${facts.code} about ${whom(facts)}`,
  judge: ({ messages }, facts) => {
    const found = messages.filter((message) => isMeant(message, facts));
    const good = (found.length === 0) === (facts.absent === true);
    return {
      verdict: good ? 'passed' : 'failed',
      expected: analyze.describe(facts),
      measured: found[0] ? messageText(found[0]) : `no ${facts.code} among ${many(messages.length, 'message')}`,
      evidence: (found.length > 0 ? found : messages).slice(0, 5).map(messageText),
    };
  },
};

const whom = ({ kind, namespace, name }: AnalyzeFacts) =>
  kind === undefined && name === undefined
    ? 'anything'
    : [kind, name && `${namespace}/${name}`].filter(Boolean).join(' ');

/** A message about an object without a namespace is meant whatever namespace the check names by default. */
const isMeant = (message: AnalysisMessage, { code, kind, namespace, name }: AnalyzeFacts) =>
  message.code === code &&
  (kind === undefined || message.kind === kind) &&
  (name === undefined || (message.name === name && ['', namespace].includes(message.namespace)));

/** `IST0132 at VirtualService default/web: …` */
export const messageText = ({ code, kind, namespace, name, message }: AnalysisMessage) =>
  `${code} at ${kind} ${[namespace, name].filter(Boolean).join('/')}: ${message}`;
