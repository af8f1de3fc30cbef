// The contents of the playground: a policy, a request and the steps of a session. A link contains nothing else.

import type { PolicyFiles, SessionStep } from '../worker/contract.ts';

export interface Draft {
  readonly policy: PolicyFiles;
  /** JSON. */
  readonly request: string;
  readonly steps: readonly SessionStep[];
}

export function textOf({ entry, files }: PolicyFiles): string {
  return files[entry] ?? '';
}

export function withText(policy: PolicyFiles, text: string): PolicyFiles {
  return { ...policy, files: { ...policy.files, [policy.entry]: text } };
}
