// The command that stores a revocation which a guard or a daemon could not store itself.

import { defaultStatePath } from '../../../io/paths/state-path.ts';
import { quoteShownWord } from '../../../io/shell-word.ts';

interface Revoked {
  readonly subjectType: string;
  readonly subjectId: string;
  /** `undefined` for all servers. */
  readonly server: string | undefined;
}

/**
 * `state`: the path of the state; default: the state of a guard without `--state`. Subjects have names that others chose. The
 * function returns `undefined` if a command cannot name the subject.
 */
export function formatRevokeCommand(state = defaultStatePath(process.env)) {
  return ({ subjectType, subjectId, server }: Revoked): string | undefined => {
    const at = server === undefined ? [] : ['--server', server];
    const words = ['nhipol', 'guard', 'revoke', `${subjectType}:${subjectId}`, ...at];
    const shown = [...words, '--state', state].map(quoteShownWord);
    return shown.includes(undefined) ? undefined : shown.join(' ');
  };
}
