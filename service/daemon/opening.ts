// The first line of a connection to the daemon, which says what the rest of it is.

import { isMembers, type Members } from '../json/members.ts';
import { parseUntrusted } from '../json/parse-untrusted.ts';

/** The rest of the connection is the input of a hook, and the daemon sends the reply. */
interface HookOpening {
  readonly kind: 'hook';
  readonly agent: string;
}

/** The daemon starts a server of MCP, and the rest of the connection is the relayed traffic of its client. */
export interface ServerOpening {
  readonly kind: 'server';
  readonly server: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /**
   * The digests of the reviewed tools, or `undefined` if a tool is as reviewed when it is listed for the first time.
   */
  readonly pins: Readonly<Record<string, string>> | undefined;
  readonly ask: 'elicitation' | 'terminal' | 'never';
  /** Whether messages become requests of AuthZEN by its COAZ-MCP binding. */
  readonly isCoaz: boolean;
  /** `undefined` for the session that all servers of the daemon share. */
  readonly session: string | undefined;
}

/** The daemon sends its status. */
interface StatusOpening {
  readonly kind: 'status';
}

export type DaemonOpening = HookOpening | ServerOpening | StatusOpening;

/** Returns the opening, or what is wrong with it. */
export function readOpening(line: string): DaemonOpening | string {
  const value = parseUntrusted(line);
  if (value === undefined) return 'the first line is not JSON with unique names';
  if (!isMembers(value)) return 'the first line is not an object';
  switch (value.kind) {
    case 'status':
      return { kind: 'status' };
    case 'hook':
      return typeof value.agent === 'string'
        ? { kind: 'hook', agent: value.agent }
        : 'agent: expected a string';
    case 'server':
      return parseServerOpening(value);
    default:
      return 'kind: expected hook, server or status';
  }
}

const isString = (value: unknown): value is string => typeof value === 'string';

function parseServerOpening(value: Members): ServerOpening | string {
  const { server, command, arguments: given, environment, folder, pins, session } = value;
  if (!isString(server)) return 'server: expected a string';
  if (!isString(command)) return 'command: expected a string';
  if (!Array.isArray(given) || !given.every(isString)) return 'arguments: expected strings';
  if (!isTexts(environment)) return 'environment: expected an object of strings';
  if (!isString(folder)) return 'folder: expected a string';
  if (pins !== undefined && !isTexts(pins)) return 'pins: expected an object of strings';
  if (session !== undefined && !isString(session)) return 'session: expected a string';
  const { ask, isCoaz } = value;
  if (ask !== 'elicitation' && ask !== 'terminal' && ask !== 'never') {
    return 'ask: expected elicitation, terminal or never';
  }
  if (typeof isCoaz !== 'boolean') return 'isCoaz: expected true or false';
  return {
    kind: 'server',
    server,
    command,
    arguments: given,
    environment,
    folder,
    pins,
    ask,
    isCoaz,
    session,
  };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isMembers(value) && Object.values(value).every(isString);
}
