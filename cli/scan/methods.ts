// The methods of MCP that a policy decides, with the parameters that it reads.

import { quote } from '@nhipol/language/syntax';
import type { DeclaredRecordType, DeclaredType } from './types.ts';

interface MethodParams {
  /** The declaration. */
  readonly text: string;
  /** The parameters that a condition can be learned from. */
  readonly type: DeclaredRecordType;
}

const text: DeclaredType = { kind: 'string' };

function createRecordType(name: string, type: DeclaredType): DeclaredRecordType {
  return { kind: 'record', members: [{ name, isOptional: false, type }] };
}

const params: ReadonlyMap<string, MethodParams> = new Map([
  ['resources/read', { text: 'uri: String', type: createRecordType('uri', text) }],
  ['resources/subscribe', { text: 'uri: String', type: createRecordType('uri', text) }],
  ['prompts/get', { text: 'name: String', type: createRecordType('name', text) }],
  [
    'completion/complete',
    {
      text: 'argument: { name: String }',
      type: createRecordType('argument', createRecordType('name', text)),
    },
  ],
  // Questions are permitted regardless of their wording.
  ['elicitation/create', { text: 'message?: String', type: { kind: 'record', members: [] } }],
]);

export function formatMethod(method: string): string {
  const param = params.get(method);
  const properties = param === undefined ? '{}' : `{ params: { ${param.text} } }`;
  return `action ${quote(toMethodAction(method))} ${properties}`;
}

/** Returns `undefined` if a policy reads no parameters. */
export function getMethodType(method: string): DeclaredRecordType | undefined {
  return params.get(method)?.type;
}

export function toMethodAction(method: string): string {
  return `mcp:${method}`;
}
