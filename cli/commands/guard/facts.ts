// Reads who acts, and the facts of the session that the operator states, with the claims of a token that nobody verified.

import type { ClientFacts } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readText } from '../../io/files.ts';
import { subjectIn } from './subject.ts';

/** `subject`: `type:id`. `path`: a JSON file with `subject.properties`, `context` and `token`. */
export async function readFacts(subject: string, path: string | undefined): Promise<ClientFacts> {
  const { type, id } = subjectIn(subject);
  const facts = path === undefined ? {} : parsed(path, await readText(path));
  const given = membersAt(path, 'subject', facts.subject);
  const properties = membersAt(path, 'subject.properties', given.properties);
  return {
    identity: { type, id, properties },
    context: membersAt(path, 'context', facts.context),
    token: { sub: id, ...membersAt(path, 'token', facts.token) },
  };
}

function parsed(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return membersAt(path, '$', JSON.parse(text));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}

function membersAt(
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
