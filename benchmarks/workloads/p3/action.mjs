// Rules that each have their own action and resource type.

import { holds, permit } from './kind.mjs';

/** @type {import('./kind.mjs').Kind} */
export const action = {
  distinguish: () => (index) => ({
    action: `svc${index % 100}.op${index}`,
    type: `Type${index}`,
  }),
  aim: (request, rule) => {
    request.action.name = rule.action ?? '';
    request.resource.type = rule.type ?? '';
  },
  about: (request) => (rule) =>
    rule.action === request.action.name && rule.type === request.resource.type,
  byHand: (rules) => {
    const byAction = new Map(rules.map((rule) => [rule.action, rule]));
    return (request) => {
      const rule = byAction.get(request.action.name);
      return rule !== undefined && rule.type === request.resource.type && holds(rule, request);
    };
  },
  group: (rules) =>
    rules
      .map((rule) => `for any doing "${rule.action}" on ${rule.type} {\n${permit(rule)}}\n`)
      .join('\n'),
};
