// json-logic-engine: rules as JSON, compiled to a JavaScript function by `build`. It supports neither
// times nor addresses nor patterns: facts.mjs computes the first two, an added method matches the third.
// It validates nothing; with a validator compiled by ajv it denies requests without the declared members and their
// types, as nhipol does.

import { readFileSync } from 'node:fs';
import { toEffect } from '../engine.mjs';
import { toRegex, withFacts } from './facts.mjs';

/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

/** @param {string} path */
const v = (path) => ({ var: path });
const sameEnvironment = {
  '===': [v('subject.properties.environment'), v('resource.properties.environment')],
};
const scopes = v('subject.properties.scopes');

const p1 = {
  and: [
    {
      '!': [
        {
          or: [
            v('context.credential_exposed'),
            { '!': [{ in: [v('context.geo'), ['US', 'DE', 'FR', 'GB']] }] },
          ],
        },
      ],
    },
    {
      '!': [
        {
          and: [
            { '===': [{ substr: [v('action.name'), 0, 6] }, 'admin.'] },
            { '>': [v('context.session.age'), 900] },
          ],
        },
      ],
    },
    { '===': [v('subject.type'), 'agent'] },
    { '===': [v('action.name'), 'tool.invoke'] },
    { in: [v('resource.properties.tool'), scopes] },
    { '<': [v('context.risk'), 70] },
    sameEnvironment,
  ],
};

const prefix = 'spiffe://prod.example/ci/';
const p2 = {
  and: [
    { '===': [v('subject.type'), 'ci'] },
    { '===': [v('action.name'), 'secrets.read'] },
    { '===': [v('context.change_ticket.status'), 'approved'] },
    { '===': [{ substr: [v('subject.properties.spiffe'), 0, prefix.length] }, prefix] },
    { '<=': [1, v('weekday'), 5] },
    { '>=': [v('second'), 32_400] },
    { '<': [v('second'), 61_200] },
    { '<=': [0x0a000000, v('address'), 0x0affffff] },
  ],
};

/** @type {Readonly<Record<string, (rule: Rule) => readonly unknown[]>>} */
const distinctions = {
  action: ({ action, type }) => [
    { '===': [v('action.name'), action] },
    { '===': [v('resource.type'), type] },
  ],
  attribute: ({ owner }) => [{ '===': [v('resource.properties.owner'), owner] }],
  cidr: ({ first, last }) => [{ '<=': [first, v('address'), last] }],
  glob: ({ index }) => [{ matches_glob: [v('subject.properties.workload'), index] }],
};

/** @type {import('../engine.mjs').Engine} */
export const jsonLogic = {
  name: 'json-logic-engine',
  way: 'object',
  isPeer: true,
  prepare: async (workload) => {
    const decide = await buildRules(workload);
    const { requests } = workload;
    const facts = withFacts(workload);
    return { decide: (index) => toEffect(decide(facts(/** @type {any} */ (requests[index])))) };
  },
};

/** @type {import('../engine.mjs').Engine} */
export const validatedJsonLogic = {
  name: 'json-logic-engine, ajv',
  way: 'object',
  isPeer: true,
  takes: ({ name }) => name === 'p1' || name === 'p2',
  prepare: async (workload, context) => {
    const [{ default: Ajv }, decide] = await Promise.all([
      import('ajv/dist/2020.js'),
      buildRules(workload),
    ]);
    const { requests } = workload;
    const facts = withFacts(workload);
    const isValid = new Ajv.default({ validateFormats: false }).compile(readSchema(context));
    return {
      decide: (index) => {
        const request = /** @type {any} */ (requests[index]);
        return isValid(request) ? toEffect(decide(facts(request))) : 'deny';
      },
    };
  },
};

/** The JSON Schema of requests that the module describes. @param {import('../engine.mjs').Context} context */
function readSchema({ module = '' }) {
  const [manifest = new ArrayBuffer(0)] = WebAssembly.Module.customSections(
    new WebAssembly.Module(readFileSync(module)),
    'nhipol.manifest',
  );
  return JSON.parse(new TextDecoder().decode(manifest)).schema;
}

/** @param {import('../engine.mjs').Workload} workload */
async function buildRules(workload) {
  const { LogicEngine } = await import('json-logic-engine');
  const engine = new LogicEngine();
  const globs = workload.rules.map(({ glob = '' }) => new RegExp(toRegex(glob)));
  engine.addMethod('matches_glob', ([text, index]) => globs[index]?.test(text));
  return engine.build(createRule(workload));
}

/** @param {import('../engine.mjs').Workload} workload */
function createRule({ case: { name, kind }, rules }) {
  if (name === 'p1') return p1;
  if (name === 'p2') return p2;
  const toolOnly = kind === 'action' ? [] : [{ '===': [v('action.name'), 'tool.invoke'] }];
  const permits = rules.map((rule) => ({
    and: [
      ...(distinctions[kind ?? '']?.(rule) ?? []),
      { '<': [v('context.risk'), rule.risk] },
      sameEnvironment,
      { in: [rule.scope, scopes] },
    ],
  }));
  return { and: [...toolOnly, { or: permits }] };
}
