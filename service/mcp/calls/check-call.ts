// Checks a call of a tool before a policy decides it: the tool was reviewed, and its arguments are as declared.

import { isMembers } from '../../json/members.ts';
import type { RequestMessage } from '../protocol/message.ts';
import type { KnownTool, ToolState } from '../tools/inventory.ts';
import type { ToolLister } from '../tools/tool-lister.ts';

/** Returns why the call cannot be made, or `undefined` if it can. */
export function findCallProblem(
  { params }: RequestMessage,
  name: string,
  state: ToolState,
  { problem: listProblem }: Pick<ToolLister, 'problem'>,
): string | undefined {
  switch (state.kind) {
    case 'unlisted':
      return listProblem === undefined
        ? `the server does not list a tool ${JSON.stringify(name)}`
        : `the tools of the server cannot be listed: ${listProblem}`;
    case 'unreviewed':
      return `the tool ${name} was not reviewed: add it with \`nhipol guard scan\``;
    case 'changed':
      return `the tool ${name} differs from the one that was reviewed: compare it with \`nhipol guard scan\``;
    case 'known': {
      const given = params.arguments;
      const problem = state.tool.check(isMembers(given) ? given : {});
      return problem === undefined ? undefined : `invalid arguments: ${problem}`;
    }
  }
}

/** The tool of a call that is observed although the tool is not known. */
export function createUnknownTool(name: string): KnownTool {
  return {
    name,
    annotations: {},
    check: () => undefined,
    mapping: undefined,
    inputSchema: undefined,
  };
}
