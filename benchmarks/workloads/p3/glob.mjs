// Rules for workloads whose path matches a glob of one of three skeletons. A path can match a glob of the
// first and one of the third.

import { holds, oneGroup } from './kind.mjs';

/** @typedef {import('./kind.mjs').Rule} Rule */

/** The numbers of rules with the first two skeletons, of ten rules in a row. */
const [teams, repositories] = [6, 3];

/** @type {import('./kind.mjs').Kind} */
export const glob = {
  subject: ', workload: String',
  distinguish: () => (index) => ({ glob: createGlob(index) }),
  aim: (request, { index }, { integer, pick }, rules) => {
    const paths = {
      team: () => `ns/team-${index}/sa/${pick(['reader', 'writer', 'deployer'])}`,
      repository: () =>
        `ci/repo-${index}/${pick(['build', 'deploy/eu', 'deploy/us/canary', 'release'])}`,
      bot: () => `ns/team-${integer(0, rules.length - 1)}/sa/bot-${index}`,
    };
    request.action.name = 'tool.invoke';
    request.subject.properties.workload = paths[chooseSkeleton(index)]();
  },
  about: (request) => {
    const segments = (request.subject.properties.workload ?? '').split('/');
    return (rule) => matches(/** @type {string} */ (rule.glob).split('/'), segments);
  },
  byHand: (rules) => {
    const names = new Map(rules.map((rule) => [findLiteral(rule), rule]));
    return (request) => {
      if (request.action.name !== 'tool.invoke') return false;
      const segments = /** @type {string} */ (request.subject.properties.workload).split('/');
      const [root, first = '', middle, last = ''] = segments;
      if (root === 'ci') {
        const rule = segments.length > 2 ? names.get(first) : undefined;
        return rule !== undefined && holds(rule, request);
      }
      if (root !== 'ns' || middle !== 'sa' || segments.length !== 4) return false;
      const team = names.get(first);
      if (team !== undefined && holds(team, request)) return true;
      const bot = names.get(last);
      return bot !== undefined && holds(bot, request);
    };
  },
  group: (rules) => oneGroup(rules, (rule) => `subject.workload matches glob"${rule.glob}"`),
};

/** @param {number} index */
function chooseSkeleton(index) {
  const place = index % 10;
  if (place < teams) return 'team';
  return place < teams + repositories ? 'repository' : 'bot';
}

/** @param {number} index */
function createGlob(index) {
  const globs = {
    team: `ns/team-${index}/sa/*`,
    repository: `ci/repo-${index}/**`,
    bot: `ns/*/sa/bot-${index}`,
  };
  return globs[chooseSkeleton(index)];
}

/** The one segment in which a glob differs from the others of its skeleton. @param {Rule} rule */
function findLiteral({ glob = '' }) {
  return /(?:team|repo|bot)-\d+/.exec(glob)?.[0] ?? '';
}

/** @param {readonly string[]} pattern `**` only at its end @param {readonly string[]} segments */
function matches(pattern, segments) {
  const isOpen = pattern.at(-1) === '**';
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, at) => part === '*' || part === '**' || part === segments[at]);
}
