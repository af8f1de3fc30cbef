// Rules that each have one resource owner.

import { holds, oneGroup } from './kind.mjs';

/** @type {import('./kind.mjs').Kind} */
export const attribute = {
  resource: ', owner: String',
  distinguish: () => (index) => ({ owner: `owner-${index}` }),
  aim: (request, rule) => {
    request.action.name = 'tool.invoke';
    request.resource.properties.owner = rule.owner ?? '';
  },
  about: (request) => (rule) => rule.owner === request.resource.properties.owner,
  byHand: (rules) => {
    const byOwner = new Map(rules.map((rule) => [rule.owner, rule]));
    return (request) => {
      if (request.action.name !== 'tool.invoke') return false;
      const rule = byOwner.get(request.resource.properties.owner);
      return rule !== undefined && holds(rule, request);
    };
  },
  group: (rules) => oneGroup(rules, ({ owner }) => `resource.owner is "${owner}"`),
};
