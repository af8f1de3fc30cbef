// The hook protocol of a coding agent: how it describes the use of a tool to a command, and how the command answers.

import type { Members } from '../../json/members.ts';
import type { ReadJson } from '../../json/unambiguous.ts';

/** The use of a tool. */
export interface ToolUse {
  /** `undefined` if the tool is one of the agent itself. */
  readonly server: string | undefined;
  readonly tool: string;
  readonly arguments: Members;
  /** The arguments as JSON, as the agent wrote them. */
  readonly text: string;
  /** The id that the agent gave to the use, if it gives any. */
  readonly id: string | undefined;
}

interface Place {
  /** The id of the agent's own session. */
  readonly session: string;
  /** The working directory. */
  readonly workspace: string;
  /** Statements of the agent about itself, for `context.agent`. */
  readonly agent: Members;
}

export type HookEvent =
  /** Before a tool is used. */
  | (Place & { readonly kind: 'call'; readonly use: ToolUse })
  /** After it was used. */
  | (Place & {
      readonly kind: 'outcome';
      readonly use: ToolUse;
      readonly isFailed: boolean;
      readonly response: unknown;
    })
  /** An event that nothing depends on. */
  | { readonly kind: 'other' };

/** The output of the command of a hook, and its exit code. */
export interface HookReply {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface HookAgent {
  /** The name in commands, in actions and of the agent's own session. */
  readonly name: string;
  /** The version whose hooks were tested. */
  readonly testedVersion: string;
  /** `undefined` if the input does not have the form that the agent documents. */
  readonly read: (input: ReadJson) => HookEvent | undefined;
  /** The tool is used, or the agent goes on. The agent's own permissions still apply. */
  readonly pass: () => HookReply;
  /** The tool is used without another question of the agent. */
  readonly allow: () => HookReply;
  /** The tool is used with other arguments; `undefined` if the agent would then not apply its own permissions. */
  readonly lower: ((values: Members) => HookReply) | undefined;
  /** The agent asks its user; `undefined` if its hooks cannot. */
  readonly ask: ((reason: string) => HookReply) | undefined;
  /** The tool is not used, and the model reads the reason. */
  readonly refuse: (reason: string) => HookReply;
  /** As `refuse`, and the agent stops, if a hook can stop it. */
  readonly stop: (reason: string) => HookReply;
  /** The tool was used; its result is kept from the model as far as a hook can do that, and the agent stops. */
  readonly stopAfter: (reason: string) => HookReply;
}

export function printOutput(output: object): HookReply {
  return { stdout: `${JSON.stringify(output)}\n`, stderr: '', exitCode: 0 };
}

/** Blocks in all agents, whatever the event. */
export function blockCall(reason: string): HookReply {
  return { stdout: '', stderr: `${reason}\n`, exitCode: 2 };
}
