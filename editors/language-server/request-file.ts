// Finds the policy of a JSON file with requests, for the requests of an editor about it.

import type { Position } from 'vscode-languageserver';
import type { ServerContext } from './context.ts';
import type { RequestFile } from './features/request-files.ts';
import { DocumentPositions } from './positions.ts';

/** `undefined` if it has no policy, or one with errors. */
export async function openRequestFile(
  { project }: ServerContext,
  file: string,
): Promise<RequestFile | undefined> {
  const text = project.getOpenText(file);
  const policy = (await project.findRequestPolicy(file))?.policy;
  if (text === undefined || policy === undefined) return undefined;
  return { policy, file, positions: new DocumentPositions(new Map([[file, text]])) };
}

export async function answerInRequestFile<Result>(
  context: ServerContext,
  file: string,
  position: Position,
  answer: (found: RequestFile, offset: number) => Result | undefined,
): Promise<Result | null> {
  const found = await openRequestFile(context, file);
  if (found === undefined) return null;
  return answer(found, found.positions.toOffset(file, position)) ?? null;
}
