// The situations of the tour: steps of tests of the policies, each described in a sentence. A policy without situations
// here shows the first steps of its first tests.

import type { PolicyModel } from '@nhipol/language/model';
import { listStepRequests, type StepRequest } from '@nhipol/testing';

export interface Situation {
  readonly words: string;
  readonly query: StepRequest;
  /** For a session, the instant at which it opens, and its steps up to this one. */
  readonly session: { readonly opens: bigint; readonly steps: readonly StepRequest[] } | undefined;
}

interface Pick {
  readonly words: string;
  readonly test: string;
  /** The number of the step, from 1. */
  readonly step: number;
}

const firstTests = 3;

const picks: Readonly<Record<string, readonly Pick[]>> = {
  'acme.support_agent': [
    {
      words: 'The agent reads a customer record; the scope is approved.',
      test: 'a customer read with an approved scope',
      step: 1,
    },
    {
      words: 'It requests an export that no one has approved yet.',
      test: 'a tool whose scope is still to be approved',
      step: 1,
    },
    {
      words: 'It reads again, and the risk engine has just reported MEDIUM.',
      test: 'risk rises and the session ends',
      step: 2,
    },
  ],
  'acme.ci_deploy': [
    {
      words: 'The job requests a secret two minutes before its deployment window.',
      test: 'a night with a deployment window',
      step: 1,
    },
    {
      words: 'The same job repeats the request one minute before the window closes.',
      test: 'a night with a deployment window',
      step: 5,
    },
    {
      words: 'At three in the morning it is an emergency, and two others have approved it.',
      test: 'an emergency at three in the morning',
      step: 1,
    },
  ],
  'acme.api_key': [
    {
      words: 'The key reads invoices from a country where it was never used before.',
      test: 'an unusual country',
      step: 1,
    },
    {
      words: 'From there it tries to write.',
      test: 'an unusual country',
      step: 2,
    },
    {
      words: 'It is also used by another workload, and tries to get more privileges.',
      test: 'the key in another workload',
      step: 3,
    },
  ],
  'acme.federated_workload': [
    {
      words: 'Staging publishes to a queue in production, two minutes after its attestation.',
      test: 'the same attestation is stale across domains',
      step: 2,
    },
    {
      words: 'The same request again. Only the time has changed.',
      test: 'the same attestation is stale across domains',
      step: 3,
    },
    {
      words: 'Production calls into staging, a direction that is not allowed.',
      test: 'the opposite direction is not permitted',
      step: 1,
    },
  ],
  'acme.admin_bot': [
    {
      words: 'The bot binds a role while the risk is at MEDIUM.',
      test: 'medium risk',
      step: 1,
    },
    {
      words: 'The last known risk level is more than five minutes old.',
      test: 'a risk level becomes stale',
      step: 2,
    },
    {
      words: 'The risk engine reports HIGH, and other conditions fail as well.',
      test: 'high risk takes precedence over everything else',
      step: 1,
    },
  ],
  'acme.github_actions': [
    {
      words: 'The deploy workflow requests its role, half a minute after it received its token.',
      test: 'the deploy workflow on the main branch',
      step: 1,
    },
    {
      words: 'A pull request from an outside contributor requests the same role.',
      test: 'a pull request',
      step: 1,
    },
    {
      words: 'It is Thanksgiving, and an emergency change was approved.',
      test: 'an emergency on Thanksgiving',
      step: 1,
    },
  ],
  'acme.kubernetes_workload': [
    {
      words: 'A service account reads a secret for which it is listed.',
      test: 'a secret, read by a listed reader',
      step: 1,
    },
    {
      words: 'It repeats the request, and its attestation is more than two minutes old.',
      test: 'a secret, read by a listed reader',
      step: 2,
    },
    {
      words: 'It lists all secrets of its namespace.',
      test: 'all secrets at once',
      step: 1,
    },
  ],
  'acme.mcp_server': [
    {
      words: 'The agent reads a file with a path that leaves the workspace.',
      test: 'leaving the workspace with a path segment: action.arguments.path = "/workspace/site/../../etc/passwd"',
      step: 1,
    },
    {
      words: 'It fetches from a listed host that resolves to the metadata service of the cloud.',
      test: 'a listed host that resolves to an internal address: context.connection.addresses = [140.82.121.6, 169.254.169.254]',
      step: 1,
    },
    {
      words:
        'It pays 492.62 euros; with the fee this is one cent more than it may pay without approval.',
      test: 'the fee counts towards the limit',
      step: 2,
    },
  ],
  'acme.data_agent': [
    {
      words: 'A support agent looks up a customer.',
      test: 'support looks up a customer',
      step: 1,
    },
    {
      words: 'It requests columns, some of which support does not need.',
      test: 'columns that support does not need are removed',
      step: 1,
    },
    {
      words: 'It works for a person in a region to which the data may not go.',
      test: 'the person works in another region than the data',
      step: 1,
    },
  ],
  'acme.break_glass': [
    {
      words: 'The bot restarts a database in an incident; two others have approved.',
      test: 'emergency access is used',
      step: 1,
    },
    {
      words: 'One of the two is the owner of the bot.',
      test: 'the approvers',
      step: 4,
    },
    {
      words: 'The incident is resolved.',
      test: 'the incident closes',
      step: 1,
    },
  ],
  'acme.agent_trifecta': [
    {
      words: 'The agent has fetched an external page, and now writes to a customer.',
      test: 'any two of the three are permitted',
      step: 2,
    },
    {
      words: 'In another session it has read a confidential record, too, and writes to a customer.',
      test: 'all three: a page, then a record, and the ways out are closed',
      step: 3,
    },
    {
      words: 'It tries for the fourth time in ten minutes.',
      test: 'the agent keeps trying',
      step: 5,
    },
  ],
  'acme.coding_agent': [
    {
      words: 'The agent fetches a page of a stranger.',
      test: 'what strangers wrote closes the way out',
      step: 1,
    },
    {
      words: 'It has read the page, and fetches another one: a URL can carry what it read.',
      test: 'what strangers wrote closes the way out',
      step: 3,
    },
    {
      words: 'It runs a command that is not among the usual ones.',
      test: 'the developer approves a command',
      step: 1,
    },
  ],
  'acme.data_pipeline': [
    {
      words: 'The job reads a dataset with personal data.',
      test: 'personal data stays in its region, and is not published',
      step: 1,
    },
    {
      words: 'It writes its result to a bucket in its region.',
      test: 'personal data stays in its region, and is not published',
      step: 2,
    },
    {
      words: 'It writes to a bucket in another region.',
      test: 'personal data stays in its region, and is not published',
      step: 3,
    },
  ],
  'acme.payment_bot': [
    {
      words: 'The bot pays 1,000 EUR alone.',
      test: 'up to 1,000 EUR the bot pays alone',
      step: 1,
    },
    {
      words: 'One cent more needs an approval.',
      test: 'up to 1,000 EUR the bot pays alone',
      step: 2,
    },
    {
      words: 'Exactly 20,000 EUR were paid today.',
      test: 'the limits of a day and of a month in EUR',
      step: 5,
    },
  ],
  'acme.leaked_credential': [
    {
      words: 'The agent exports the invoices of its team.',
      test: 'a leaked credential ends the session at once',
      step: 1,
    },
    {
      words: 'Two seconds later its credential is reported as leaked.',
      test: 'a leaked credential ends the session at once',
      step: 2,
    },
    {
      words: 'It tries to pack a folder with secrets.',
      test: 'a folder with secrets',
      step: 1,
    },
  ],
};

/** Returns the position of a policy in the tour. Policies without situations come last. */
export function findPlace(policy: PolicyModel): number {
  const place = Object.keys(picks).indexOf(policy.name);
  return place === -1 ? Number.POSITIVE_INFINITY : place;
}

/** Returns the situations of a policy. Throws if one of their tests does not exist. */
export function listSituations(policy: PolicyModel): readonly Situation[] {
  const firsts = policy.tests.slice(0, firstTests);
  const chosen =
    picks[policy.name] ?? firsts.map(({ name }) => ({ words: name, test: name, step: 1 }));
  return chosen.map((pick) => pickSituation(policy, pick));
}

function pickSituation(policy: PolicyModel, { words, test: name, step }: Pick): Situation {
  const test = policy.tests.find((each) => each.name === name);
  const steps = test === undefined ? [] : listStepRequests(test).slice(0, step);
  const query = steps[step - 1];
  if (test === undefined || query === undefined) {
    throw new Error(`${policy.name} has no test "${name}" with ${step} steps for the tour`);
  }
  const { opens } = test;
  return { words, query, session: opens === undefined ? undefined : { opens, steps } };
}
