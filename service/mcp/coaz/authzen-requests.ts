// Compiles a mapping of the COAZ framework to functions that build AuthZEN requests from the inputs of an operation: one for
// an `evaluation`, and one for each entry of `evaluations`.

import type { Identity } from '../../engine/call.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { Inputs } from '../../mapping/expression.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { compileTemplate, type Template } from '../../mapping/template.ts';

export interface AuthZenRequest {
  readonly subject: Identity;
  readonly action: Members;
  readonly resource: Members;
  readonly context: Members;
}

/** A request without the members of which nothing is known. */
interface PartialRequest {
  readonly subject: Identity;
  readonly action: unknown;
  readonly resource: unknown;
}

export interface CoazRequestMapping {
  /** Throws a `MappingError` if a request cannot be built. */
  readonly requests: (inputs: Inputs) => readonly AuthZenRequest[];
  readonly partialRequests: (inputs: Inputs) => readonly PartialRequest[];
}

const roots = ['subject', 'action', 'resource', 'context'] as const;
type Root = (typeof roots)[number];
type Templates = Readonly<Partial<Record<Root, Template>>>;

const maxEvaluations = 16;

/** Throws a `MappingError` if the mapping is malformed. */
export function compileMapping(mapping: unknown): CoazRequestMapping {
  const evaluations = listEvaluations(mapping).map(compileEvaluation);
  return {
    requests: (inputs) => evaluations.map((evaluation) => resolve(evaluation, inputs)),
    partialRequests: (inputs) => evaluations.map((evaluation) => resolvePartly(evaluation, inputs)),
  };
}

/** The members of each evaluation, with the defaults of its envelope. */
function listEvaluations(mapping: unknown): readonly Members[] {
  const entries = isMembers(mapping) ? Object.entries(mapping) : [];
  const [envelope] = entries;
  if (entries.length !== 1 || envelope === undefined || !isMembers(envelope[1])) {
    throw new MappingError('a mapping is an object with either `evaluation` or `evaluations`');
  }
  const [kind, body] = envelope;
  if (kind === 'evaluation') return [body];
  if (kind !== 'evaluations') throw new MappingError(`unknown envelope \`${kind}\``);
  const { evaluations, ...defaults } = body;
  if (!Array.isArray(evaluations) || evaluations.length === 0) {
    throw new MappingError('`evaluations` must be a list of evaluations');
  }
  if (evaluations.length > maxEvaluations) {
    throw new MappingError(`a mapping has more than ${maxEvaluations} evaluations`);
  }
  return evaluations.map((evaluation) => {
    if (!isMembers(evaluation)) throw new MappingError('an evaluation must be an object');
    if ('subject' in evaluation) throw new MappingError('an entry of `evaluations` sets a subject');
    return { ...defaults, ...evaluation };
  });
}

function compileEvaluation(evaluation: Members): Templates {
  expectMembers('evaluation', evaluation, roots);
  for (const root of ['action', 'resource']) {
    if (!(root in evaluation)) throw new MappingError(`\`${root}\` is missing`);
  }
  return Object.fromEntries(
    Object.entries(evaluation).map(([root, value]) => {
      if (!isMembers(value)) throw new MappingError(`\`${root}\` must be an object`);
      return [root, compileTemplate(value)];
    }),
  );
}

function resolve(templates: Templates, inputs: Inputs): AuthZenRequest {
  const { subject, action, resource, context = {} } = resolveTemplate(templates, inputs, false);
  if (!isMembers(context)) throw new MappingError('`context` must be an object');
  expectStrings('action', action, ['name']);
  expectStrings('resource', resource, ['type', 'id']);
  return { subject: readSubject(subject, inputs), action, resource, context };
}

function resolvePartly(templates: Templates, inputs: Inputs): PartialRequest {
  const { subject, action, resource } = resolveTemplate(templates, inputs, true);
  return { subject: readSubject(subject, inputs), action, resource };
}

function resolveTemplate(
  templates: Templates,
  inputs: Inputs,
  isPartial: boolean,
): Partial<Record<Root, unknown>> {
  return Object.fromEntries(
    roots.map((root) => [root, templates[root]?.(inputs, isPartial)] as const),
  );
}

/** The id is that of the verified token, whatever the mapping says; anything else in a subject is not verified. */
function readSubject(mapped: unknown, { token }: Inputs): Identity {
  const { sub } = token;
  if (typeof sub !== 'string' || sub === '') throw new MappingError('the token has no `sub`');
  const subject = isMembers(mapped) ? mapped : {};
  expectMembers('subject', subject, ['type', 'id', 'properties']);
  const { type = 'identity', id = sub, properties = {} } = subject;
  if (id !== sub) throw new MappingError('`subject.id` differs from `sub` of the token');
  if (typeof type !== 'string' || !isMembers(properties)) {
    throw new MappingError('`subject` is not a subject');
  }
  return { type, id: sub, properties };
}

/** Other members belong below `properties` (AuthZEN 1.0, section 5). */
function expectStrings(
  root: Root,
  value: unknown,
  names: readonly string[],
): asserts value is Members {
  if (!isMembers(value)) throw new MappingError(`\`${root}\` must be an object`);
  expectMembers(root, value, [...names, 'properties']);
  for (const name of names) {
    if (typeof value[name] !== 'string' || value[name] === '') {
      throw new MappingError(`\`${root}.${name}\` is not a string with characters`);
    }
  }
  const { properties = {} } = value;
  if (!isMembers(properties)) throw new MappingError(`\`${root}.properties\` must be an object`);
}

function expectMembers(place: string, value: Members, names: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new MappingError(`unknown member \`${unknown}\` of ${place}`);
}
