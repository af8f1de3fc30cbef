// The worker of the playground: the language server for the editor on one port, and the functions of the panels on another.
// The page sends both ports with its first message.

import { serve } from '@nhipol/language-server';
import { expose } from 'comlink';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
} from 'vscode-languageserver/browser';
import { CheckedPolicies } from './checked-policies.ts';
import { isFailed, type PolicyFiles, type PolicyService } from './contract.ts';
import { decideRequest, playSession } from './decisions.ts';
import { createRequestForm, createSignalForms } from './request-form.ts';

const policies = new CheckedPolicies();
const unchecked = { name: '', form: undefined, signals: [], tests: 0, invariants: 0 };
let provided: PolicyFiles['files'] = {};

const service: PolicyService = {
  provide: async ({ files }) => {
    provided = files;
  },
  describe: async (of) => {
    const checked = await policies.check(of);
    if (isFailed(checked)) return { ...unchecked, errors: 1 };
    const { policy, diagnostics } = checked;
    return {
      name: policy?.name ?? '',
      form: policy && createRequestForm(policy),
      signals: policy === undefined ? [] : createSignalForms(policy),
      tests: policy?.tests.length ?? 0,
      invariants: policy?.invariants.length ?? 0,
      errors: diagnostics.filter(({ severity }) => severity === 'error').length,
    };
  },
  decide: async (of, request, now) => {
    const policy = await policies.policy(of);
    return isFailed(policy) ? policy : decideRequest(policy, request, now);
  },
  play: async (of, request, steps, now) => {
    const policy = await policies.policy(of);
    return isFailed(policy) ? policy : playSession(policy, request, steps, now);
  },
  compare: async (before, after) => {
    const [old, current] = await Promise.all([policies.policy(before), policies.policy(after)]);
    if (isFailed(old)) return { failure: 'The earlier version has errors.' };
    if (isFailed(current)) return current;
    const { comparePolicies: compare } = await import('./comparison.ts');
    return compare(old, current);
  },
};

addEventListener('message', ({ ports: [editor, panels] }: MessageEvent) => {
  if (editor === undefined || panels === undefined) return;
  const connection = createConnection(
    new BrowserMessageReader(editor),
    new BrowserMessageWriter(editor),
  );
  const read = async (path: string) => provided[path];
  serve({ connection, host: { read }, clock: () => BigInt(Date.now()) });
  expose(service, panels);
});
