// Masks the secret members in a session log: of requests, of changes and of the payloads of signals.

import {
  hasSecrets,
  type Json,
  type JsonObject,
  maskPayload,
  maskRequest,
  parseJson,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';

/** `log`: JSON, one object per line. The result shows what happened, but cannot be replayed. */
export function maskLog(policy: PolicyModel, log: string): string {
  if (!hasSecrets(policy)) return log;
  return log
    .split('\n')
    .map((line) => {
      const json = parseJson(line);
      return json?.kind === 'object' ? writeJson(maskLine(policy, json)) : line;
    })
    .join('\n');
}

function maskLine(policy: PolicyModel, line: JsonObject): Json {
  const signal = line.members.find(({ name }) => name === 'signal')?.value;
  const members = line.members.map((member) => {
    const { name, value } = member;
    if (['open', 'patch', 'replace', 'decide'].includes(name))
      return { ...member, value: maskRequest(policy, value) };
    return name === 'payload' && signal?.kind === 'string'
      ? { ...member, value: maskPayload(policy, signal.value, value) }
      : member;
  });
  return { ...line, members };
}
