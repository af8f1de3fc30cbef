// What the tour asks: steps of the policies' own tests, each told in words. A policy comes in, its
// situations go out; one without situations here shows how its first tests begin.

import type { Policy } from '../../language/index.ts';
import { type Asked, stepsOf } from '../../testing/generate/test-steps.ts';

export interface Situation {
  readonly words: string;
  readonly asked: Asked;
  /** Of a session: when it opens, and its steps up to this one. */
  readonly session: { readonly opens: bigint; readonly steps: readonly Asked[] } | undefined;
}

interface Pick {
  readonly words: string;
  readonly test: string;
  /** Counts from 1. */
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
      words: 'It asks for an export, for which no one has given approval yet.',
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
      words: 'The job asks for a secret two minutes before its deployment window.',
      test: 'a night with a deployment window',
      step: 1,
    },
    {
      words: 'The same job asks again, a minute before the window closes.',
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
      words: 'The key reads invoices from a country where it was never used.',
      test: 'an unusual country',
      step: 1,
    },
    {
      words: 'From there it wants to write.',
      test: 'an unusual country',
      step: 2,
    },
    {
      words: 'It turns up in another workload, too, and tries for more privileges.',
      test: 'the key in another workload',
      step: 3,
    },
  ],
  'acme.federated_workload': [
    {
      words: 'Staging publishes to a queue in production, two minutes after it was attested.',
      test: 'an attestation ages across a move',
      step: 2,
    },
    {
      words: 'The same request again. Nothing has changed but the time.',
      test: 'an attestation ages across a move',
      step: 3,
    },
    {
      words: 'Production calls into staging: nobody has allowed that direction.',
      test: 'the way back is another way',
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
      words: 'No risk level from the last five minutes is known any more.',
      test: 'a risk level grows old',
      step: 2,
    },
    {
      words: 'The risk engine reports HIGH, and little else is in order either.',
      test: 'high risk outweighs everything else',
      step: 1,
    },
  ],
  'acme.github_actions': [
    {
      words: 'The deploy workflow asks for its role, half a minute after it got its token.',
      test: 'the deploy workflow on the main branch',
      step: 1,
    },
    {
      words: 'A pull request from a stranger asks for the same role.',
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
      words: 'A service account reads a secret beside which its name stands.',
      test: 'a secret, read by whom it is for',
      step: 1,
    },
    {
      words: 'It asks again, and its attestation is more than two minutes old.',
      test: 'a secret, read by whom it is for',
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
      words: 'The agent reads a file, by a path that leads out of the workspace again.',
      test: 'out of the workspace again: action.arguments.path = "/workspace/site/../../etc/passwd"',
      step: 1,
    },
    {
      words: 'It fetches from a listed host that leads to the metadata service of the cloud.',
      test: 'a listed host that leads inside: context.connection.addresses = [140.82.121.6, 169.254.169.254]',
      step: 1,
    },
    {
      words: 'It pays 492.62 euros; with the fee that is a cent more than it may pay alone.',
      test: 'the fee counts',
      step: 2,
    },
  ],
  'acme.data_agent': [
    {
      words: 'A support agent looks a customer up.',
      test: 'support looks a customer up',
      step: 1,
    },
    {
      words: 'It asks for columns of which support needs only some.',
      test: 'columns that support does not need are cut away',
      step: 1,
    },
    {
      words: 'It works for somebody in a region that the data may not leave for.',
      test: 'the person works where the data may not go',
      step: 1,
    },
  ],
  'acme.break_glass': [
    {
      words: 'The bot restarts a database in an incident; two others have agreed.',
      test: 'the glass is broken',
      step: 1,
    },
    {
      words: 'One of the two is the owner of the bot.',
      test: 'who agreed',
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
      words: "The agent has fetched a stranger's page, and now writes to a customer.",
      test: 'any two of the three are its work',
      step: 2,
    },
    {
      words: 'In another session it has read a confidential record, too, and writes to a customer.',
      test: 'all three: a page, then a record, and the ways out are closed',
      step: 3,
    },
    {
      words: 'It tries for the fourth time in ten minutes.',
      test: 'it goes on trying',
      step: 5,
    },
  ],
};

/** Where a policy comes in the tour; those that it has nothing to tell of come last. */
export function placeOf(policy: Policy): number {
  const place = Object.keys(picks).indexOf(policy.name);
  return place === -1 ? Number.POSITIVE_INFINITY : place;
}

/** Throws where a test that is asked for is not there. */
export function situationsOf(policy: Policy): readonly Situation[] {
  const firsts = policy.tests.slice(0, firstTests);
  const chosen =
    picks[policy.name] ?? firsts.map(({ name }) => ({ words: name, test: name, step: 1 }));
  return chosen.map((pick) => pickFrom(policy, pick));
}

function pickFrom(policy: Policy, { words, test: name, step }: Pick): Situation {
  const test = policy.tests.find((each) => each.name === name);
  const steps = test === undefined ? [] : stepsOf(test).slice(0, step);
  const asked = steps[step - 1];
  if (test === undefined || asked === undefined) {
    throw new Error(`${policy.name} has no test "${name}" with ${step} steps for the tour`);
  }
  const { opens } = test;
  return { words, asked, session: opens === undefined ? undefined : { opens, steps } };
}
