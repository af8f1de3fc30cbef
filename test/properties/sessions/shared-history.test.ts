// Terms about the events of all sessions, with several sessions of one module: answers are those of the evaluator,
// and every sweep reports the sessions whose answers changed by events of others. Each policy has one term, so that
// nothing hides its value: few places for keys, so that events are lost and places are used again.

import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseRows, runs } from '../../support/budget.ts';
import { Fleet } from '../../support/fleets/fleet.ts';
import { notingModule } from '../../support/fleets/noting-module.ts';
import { drawStep, openings } from '../../support/fleets/steps.ts';
import { seed } from '../../support/policies/property-policies.ts';
import { createSharedSubject, policyAsking } from '../../support/sessions/shared-steps.ts';

const places = 5;

const terms = [
  'count(decided across sessions per subject.id up to 1, within 6s) >= 2',
  'count(decided across sessions per subject.id up to 2, within 8s) is 1',
  'once(signal "failed" across sessions per subject.owner up to 1, within 5s)',
  'once(decided across sessions per subject.owner up to 2, within 5s)',
  'not once(signal "failed" where event.reason is "web" across sessions per subject.id up to 1, within 5s)',
  'count(allowed doing call across sessions per action.tool up to 1, within 7s) is not 2',
  'count(decided doing call across sessions per (subject.id, action.tool) up to 3, within 7s) >= 2',
  'once(signal "failed" across sessions per (subject.owner, context.tenant) up to 2, within 6s)',
  'sum(event.action.amount of allowed doing call across sessions per (action.tool, subject.owner, subject.id) up to 4, within today in "Europe/London") + action.amount > 9',
  'count(outcome "done" doing call across sessions per context.tenant up to 2, within 5s) < 2',
  'count(decided across sessions per subject.owner up to 1, within today in "Europe/London") <= 3',
  'sum(event.result.rows of outcome "done" across sessions per subject.id up to 2, within 6s) > 5',
  'sum(event.result.rows of outcome "done" across sessions per context.tenant up to 8_192, within 9s) < 20',
  'sum(event.action.amount of decided doing call across sessions per subject.owner up to 1, within 7s) >= action.amount * 2',
  'sum(event.action.amount of allowed doing call across sessions per action.tool up to 8_000, within 20s) + action.amount > 9',
  'sum(event.action.amount of decided doing call across sessions per subject.type up to 8_192, within today in "Europe/London") is not 40',
];

test.each(chooseRows(terms, 4))(
  'sessions of one module agree with the evaluator: %s',
  async (term) => {
    const subject = createSharedSubject(term, policyAsking(term));
    const open = await notingModule(subject.policy);
    const { words } = open({ now: () => 0, at: () => () => {} });
    const step = fc
      .noShrink(fc.integer())
      .map((drawn) => drawStep({ ...subject, words, places }, createRandomNumbers(drawn)));
    const opened = openings(places, subject.requests);
    let found = 0;
    const steps = fc.array(step, { maxLength: 100, size: 'max' });
    const property = fc.property(steps, (drawn) => {
      const fleet = new Fleet(subject.policy, open, subject.start);
      for (const each of [...opened, ...drawn]) fleet.do(each);
      fleet.judgeAll();
      found += fleet.counts['found by sweeps'] ?? 0;
    });
    fc.assert(property, { numRuns: runs(40), seed });
    expect(found).toBeGreaterThan(0);
  },
);
