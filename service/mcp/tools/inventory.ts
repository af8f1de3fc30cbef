// The tools of a server: those that were reviewed, and those that the server lists now. A tool whose description or
// arguments differ from what was reviewed is not called.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isMembers, type Members } from '../../json/members.ts';
import { type ArgumentCheck, createArgumentCheck } from './arguments.ts';

/** A tool as a server describes it. */
export interface ToolDescription extends Members {
  readonly name: string;
}

export interface KnownTool {
  readonly name: string;
  readonly annotations: Members;
  /** Describes the first argument that the tool does not declare, or returns `undefined` if there is none. */
  readonly check: ArgumentCheck;
  /**
   * How a call becomes a request of AuthZEN, as its server declares it (COAZ-MCP), or `undefined` if it declares
   * nothing.
   */
  readonly mapping: unknown;
  /** The schema of its arguments. */
  readonly inputSchema: unknown;
}

/** The digests of reviewed tools, by name. */
export type Pins = ReadonlyMap<string, string>;

export type ToolState =
  | { readonly kind: 'known'; readonly tool: KnownTool }
  | { readonly kind: 'changed' }
  | { readonly kind: 'unreviewed' }
  /** The server has not listed it, as far as is known. */
  | { readonly kind: 'unlisted' };

/** The members of a tool that are reviewed: what a model reads of it, and its arguments and results. */
export const reviewedMembers = [
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
] as const;

/** Returns the reviewed members of a tool that are present. */
export function pickReviewed(tool: Members): Members {
  const present = reviewedMembers.filter((name) => tool[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, tool[name]]));
}

/** SHA-256 over the canonical form (RFC 8785) of the reviewed members of a tool. */
export function digestOfTool(tool: Members): string {
  const form = canonicalize(JSON.parse(JSON.stringify(pickReviewed(tool)))) ?? '';
  return `sha-256:${createHash('sha256').update(form).digest('hex')}`;
}

export function isTool(value: unknown): value is ToolDescription {
  return isMembers(value) && typeof value.name === 'string';
}

export class ToolInventory {
  readonly #pins: Pins | undefined;
  /** Without pins: the digests with which tools were first listed. */
  readonly #first = new Map<string, string>();
  readonly #listed = new Map<string, ToolState>();

  /** Without pins, a tool is as reviewed when it is listed for the first time. */
  constructor(pins: Pins | undefined) {
    this.#pins = pins;
  }

  /** Takes what the server lists. A name with several descriptions is not known by any of them. */
  list(tools: readonly unknown[]): void {
    const described = tools.filter(isTool).map((tool) => ({ tool, digest: digestOfTool(tool) }));
    const digests = new Map(described.map(({ tool, digest }) => [tool.name, digest]));
    const ambiguous = new Set(
      described.flatMap(({ tool: { name }, digest }) =>
        digests.get(name) === digest ? [] : [name],
      ),
    );
    for (const { tool, digest } of described) {
      const isKnown = !ambiguous.has(tool.name);
      this.#listed.set(tool.name, isKnown ? this.#findState(tool, digest) : { kind: 'changed' });
    }
  }

  /** The server says that its tools changed: until they are listed again, none is known. */
  forget(): void {
    this.#listed.clear();
  }

  find(name: string): ToolState {
    return this.#listed.get(name) ?? { kind: 'unlisted' };
  }

  #findState(tool: ToolDescription, digest: string): ToolState {
    const pins = this.#pins ?? this.#first;
    const reviewed = pins.get(tool.name);
    if (reviewed === undefined && this.#pins !== undefined) return { kind: 'unreviewed' };
    if (reviewed === undefined) this.#first.set(tool.name, digest);
    else if (reviewed !== digest) return { kind: 'changed' };
    const { name, inputSchema } = tool;
    const annotations = isMembers(tool.annotations) ? tool.annotations : {};
    const check = createArgumentCheck(inputSchema);
    const mapping = isMembers(inputSchema) ? inputSchema['x-authzen-mapping'] : undefined;
    return { kind: 'known', tool: { name, annotations, check, mapping, inputSchema } };
  }
}
