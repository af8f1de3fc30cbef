// The contents of the playground: a policy, a request and the steps of a session. A link contains nothing else.

import type { PlaygroundStep, PolicyFiles } from '../worker/contract.ts';

export interface Draft {
  readonly policy: PolicyFiles;
  /** JSON. */
  readonly request: string;
  readonly steps: readonly PlaygroundStep[];
}

export function getPolicyText({ entry, files }: PolicyFiles): string {
  return files[entry] ?? '';
}

export function withText(policy: PolicyFiles, text: string): PolicyFiles {
  return { ...policy, files: { ...policy.files, [policy.entry]: text } };
}
