// Reads who acts, and the facts of the session that the operator states, with the claims of a token that nobody verified.

import type { ClientFacts } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';
import { parseSubject } from './people/subject.ts';

/** `subject`: `type:id`. `path`: a JSON file with `subject.properties`, `context` and `token`. */
export async function readFacts(subject: string, path: string | undefined): Promise<ClientFacts> {
  const { type, id } = parseSubject(subject);
  const facts = path === undefined ? {} : await parseFacts(path, await readInputText(path));
  const given = expectMembers(path, 'subject', facts.subject);
  const properties = expectMembers(path, 'subject.properties', given.properties);
  return {
    identity: { type, id, properties },
    context: expectMembers(path, 'context', facts.context),
    isOnly: true,
    token: { sub: id, ...expectMembers(path, 'token', facts.token) },
  };
}

async function parseFacts(path: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  const { parseFile, SettingsError } = await import('@nhipol/service');
  try {
    return expectMembers(path, '$', parseFile(text));
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

function expectMembers(
  path: string | undefined,
  place: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new UsageError(`${path}: ${place} must be an object`);
}
