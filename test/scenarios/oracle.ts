// The expected answer of each scenario, written from its table row by row: takes a request and returns an effect
// with its reasons. Independent of the language.

import { adminBot } from './oracles/admin-bot.ts';
import { apiKey } from './oracles/api-key.ts';
import { ciDeploy } from './oracles/ci-deploy.ts';
import { federatedWorkload } from './oracles/federated-workload.ts';
import { supportAgent } from './oracles/support-agent.ts';
import type { Oracle } from './oracles/table.ts';

export type { Oracle } from './oracles/table.ts';

export const oracles = {
  'support-agent': supportAgent,
  'ci-deploy': ciDeploy,
  'api-key': apiKey,
  'federated-workload': federatedWorkload,
  'admin-bot': adminBot,
} as const satisfies Readonly<Record<string, Oracle>>;

export type ScenarioName = keyof typeof oracles;
