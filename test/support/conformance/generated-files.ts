// Generates all files of test/conformance except its README: contents by path within that folder.
// Evaluator and module must agree on a request before it is written.

import { compile } from '@nhipol/compiler';
import { could } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { proofsSection, sourcesSection } from '@nhipol/proving';
import { load, stringify, toAuthZen } from '@nhipol/runtime';
import { fillTables, noTables, type TableTexts } from '@nhipol/testing';
import { toClock } from '../../../assurance/testing/runner/ask.ts';
import cases from '../../scenarios/cases.json' with { type: 'json' };
import { loadPolicy } from '../../scenarios/load-policy.ts';
import { scenarios } from '../../scenarios/requests.ts';
import { goldenCases } from '../golden-cases.ts';
import { assemble } from '../modules/assembler.ts';
import { assembleCanned, cannedManifest, withManifest } from '../modules/canned-module.ts';
import { evaluator } from '../modules/engines.ts';
import { assembleEndlessStart, assembleTrapping } from '../modules/trapping-module.ts';
import { createCannedSteps } from './canned-steps.ts';
import { couldSteps, decideStep, generateSteps, goldenSteps } from './case-steps.ts';
import { EvaluatedSessions } from './evaluated-sessions.ts';
import { createMalformedModules } from './malformed.ts';
import { Performer, pickPossibility } from './performer.ts';
import { randomSessionSteps, readSteps } from './session-case-steps.ts';
import type { ConformanceCase, Doing, Outcome, Step } from './steps.ts';
import { trappingSteps } from './trapping-steps.ts';

export type Files = ReadonlyMap<string, string | Uint8Array>;

/** The number of requests generated for each policy, in addition to the handwritten ones. */
const madeRequests = 24;

/** The cases whose policies are also compiled with `could`. */
const possibleCases: ReadonlySet<string> = new Set([
  'narrow/merging',
  'obligations/access-request',
  'requests/call-digest',
  'requests/contexts',
  'requests/invalid',
  'scores/bands',
  'tables/external',
  'time/valid-until',
  'unknown/given',
  'scenarios/support-agent',
]);

/** The case whose module has the sections of proofs, which no host needs; their contents would change with the prover. */
const caseWithSections = 'scenarios/support-agent';
const sections = new Map(
  [sourcesSection, proofsSection].map((name) => [name, new TextEncoder().encode('{}')]),
);

interface Source {
  readonly name: string;
  readonly policy: PolicyModel;
  readonly sessions: boolean;
  readonly possible?: boolean;
  readonly steps: readonly Doing[];
}

export async function generateFiles(): Promise<Files> {
  const files = new Map<string, string | Uint8Array>();
  const paths: string[] = [];
  let checks = 0;
  const add = (name: string, wasm: Uint8Array, steps: readonly Step[], moduleName = name) => {
    const file = name.replaceAll('/', '-');
    const module = `modules/${moduleName.replaceAll('/', '-')}.wasm`;
    files.set(module, wasm);
    files.set(`cases/${file}.json`, writeCase({ name, module, steps }));
    paths.push(`cases/${file}.json`);
    checks += steps.length;
  };
  const cases = [...casesOfFolders(), ...scenarioCases()];
  for (const { name, policy, sessions, possible = false, steps } of cases.flatMap(withPossible)) {
    const added = name === caseWithSections ? { sections } : {};
    const { wasm } = await compile(policy, assemble, { sessions, possible, ...added });
    add(name, wasm, performSteps(wasm, steps, policy));
  }
  const canned = withManifest(await assembleCanned(), cannedManifest);
  add('answers/canned', canned, performSteps(canned, createCannedSteps()));
  const trapping = await assembleTrapping();
  for (const [name, steps] of Object.entries(trappingSteps))
    add(name, trapping, performSteps(trapping, steps), 'sessions/trapping');
  const malformed = await createMalformedModules();
  files.set('malformed.json', `${stringify(malformed, 1)}\n`);
  checks += malformed.length;
  files.set('endless/start.wasm', await assembleEndlessStart());
  files.set('index.json', `${stringify({ checks, cases: paths }, 1)}\n`);
  return files;
}

/** One line per step. */
function writeCase({ name, module, steps }: ConformanceCase): string {
  const lines = steps.map((step) => stringify(step)).join(',\n');
  return `{"name":${stringify(name)},"module":${stringify(module)},"steps":[\n${lines}\n]}\n`;
}

function casesOfFolders(): readonly Source[] {
  return goldenCases().map(({ name, folder, policy, hasSteps, requests }) => {
    if (!hasSteps) {
      const steps = [...goldenSteps(requests), ...generateSteps(policy, madeRequests)];
      return { name, policy, sessions: false, steps };
    }
    const made = name === 'sessions/events' ? randomSessionSteps(12, 40, 7) : [];
    const steps = [...readSteps(folder), ...made];
    const possible = steps.some((step) => step.do === 'could_session');
    return { name, policy, sessions: true, possible, steps };
  });
}

/** The case, and one that evaluates what is possible for the same requests. */
function withPossible(source: Source): readonly Source[] {
  const { name, steps } = source;
  if (!possibleCases.has(name)) return [source];
  return [
    source,
    {
      ...source,
      name: `possible/${name}`,
      possible: true,
      steps: couldSteps(steps, source.policy),
    },
  ];
}

/** The five scenarios, with a sample of their cases. */
function scenarioCases(): readonly Source[] {
  return scenarios.map(({ name, policy: path }, index) => {
    const { policy } = loadPolicy(path);
    if (policy === undefined) throw new Error(`${path} has errors`);
    const handwritten = cases
      .filter(({ id }) => id.startsWith(`S${index + 1}.`))
      .map(({ situation, request }) => decideStep(JSON.stringify(request), undefined, situation));
    const steps = [...handwritten, ...generateSteps(policy, madeRequests)];
    return { name: `scenarios/${name}`, policy, sessions: false, steps };
  });
}

/** Performs the steps and adds their outcomes. Without a policy only the module determines them. */
function performSteps(
  wasm: Uint8Array,
  steps: readonly Doing[],
  policy?: PolicyModel,
): readonly Step[] {
  const performer = new Performer(load(wasm));
  const noted = new Notes();
  // A new map on each change, because the policy with its tables is cached by it.
  let tables = noTables;
  const evaluated = policy && new EvaluatedSessions(policy);
  return steps.map((step) => {
    const doing = noted.fillStep(step);
    const outcome = performer.do(doing);
    noted.note(doing, outcome);
    if (outcome.error === undefined) tables = updateTables(doing, tables);
    evaluated?.expectAgreed(doing, outcome);
    if (doing.do !== 'decide' && doing.do !== 'could') return { ...doing, ...outcome };
    if (policy !== undefined) expectAgreed(fillTables(policy, tables), doing, outcome);
    return {
      ...doing,
      ...(isNative(performer, doing, outcome) ? { native: true } : {}),
      ...outcome,
    };
  });
}

function updateTables(step: Doing, tables: TableTexts): TableTexts {
  if (step.do === 'load_table') return new Map([...tables, [step.table, step.contents]]);
  if (step.do !== 'drop_table') return tables;
  return new Map([...tables].filter(([table]) => table !== step.table));
}

type Deciding = Extract<Doing, { do: 'decide' | 'could' }>;

function expectAgreed(policy: PolicyModel, step: Deciding, outcome: Outcome) {
  const { request, request_base64, now } = step;
  const bytes = request ?? Buffer.from(request_base64 ?? '', 'base64');
  const at = now === undefined ? undefined : BigInt(now);
  const meant = stringify(
    step.do === 'could'
      ? pickPossibility(could(policy, Buffer.from(bytes), toClock({ now: at })))
      : { answer: toAuthZen(evaluator(policy)(bytes, at)) },
  );
  if (meant !== stringify(outcome)) {
    throw new Error(`module and evaluator disagree about ${request}: ${meant}`);
  }
}

/**
 * Whether a host can be given the request as values: an error in the JSON may not exist in the values.
 */
function isNative(performer: Performer, step: Deciding, outcome: Outcome): boolean {
  const error = outcome.answer?.context.error ?? outcome.error;
  if (step.request === undefined || error !== undefined) return false;
  return stringify(performer.doNative(step)) === stringify(outcome);
}

/** Values of earlier steps that later steps refer to. */
class Notes {
  readonly #snapshots: string[] = [];
  readonly #digests = new Map<string, string>();

  note(step: Doing, { text, answer }: Outcome): void {
    if (text !== undefined) this.#snapshots.push(text);
    const digest = answer?.context.call_digest;
    if (digest !== undefined && 'session' in step) this.#digests.set(step.session, digest);
  }

  fillStep(step: Doing): Doing {
    if (step.do === 'restore') {
      const text = step.text.replace(/^\$snapshot:(\d+)$/, (_, at) => this.#snapshots[at] ?? '');
      return { ...step, text };
    }
    if (step.do !== 'patch') return step;
    const part = step.part.replace(/\$digest:(\w+)/, (_, id) => this.#digests.get(id) ?? '');
    return { ...step, part };
  }
}
