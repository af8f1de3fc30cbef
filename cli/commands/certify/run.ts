// Implements `nhipol certify`: checks the proofs in a file against the policy in it. Any proof that is refused is a
// finding.

import { stringify } from '@nhipol/runtime';
import { render } from '../../../language/diagnostics/render.ts';
import { displayText } from '../../../language/support/display.ts';
import { counted } from '../../../language/support/words.ts';
import { type CertifiedClaim, certify } from '../../../proving/claims/certify.ts';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { readSource } from '../../io/files.ts';

export interface CertifyOptions {
  readonly format: 'text' | 'json';
}

export async function certifyCommand(
  path: string,
  { format }: CertifyOptions,
  console: Console,
): Promise<ExitCode> {
  const certified = certify(await readSource(path, console.input));
  if (certified.kind === 'invalid')
    throw new UsageError(`${path} is not a proof: ${certified.why}`);
  if (certified.kind === 'errors') {
    console.err(render(certified.diagnostics, certified.sources, console.errColors));
    return exitCode.findings;
  }
  const { policy, claims } = certified;
  const refused = claims.filter(({ result }) => result === 'refused').length;
  if (format === 'json')
    await console.out(`${stringify({ format: 'nhipol-certified/1', policy, claims }, 2)}\n`);
  else {
    const { outColors } = console;
    const lines = claims.map((claim) => claimLine(claim, outColors));
    const accepted = claims.filter(({ result }) => result === 'accepted').length;
    const summary = `${accepted} of ${counted(claims.length, 'claim')} proved, ${refused} refused`;
    const color = refused === 0 ? outColors.good : outColors.error;
    const title = outColors.strong(`${policy.name} ${policy.version}`);
    await console.out(`${[title, ...lines, color(summary)].join('\n')}\n`);
  }
  return refused === 0 ? exitCode.fine : exitCode.findings;
}

function claimLine(
  { name, isBuiltIn, result, inSessions, why }: CertifiedClaim,
  colors: Colors,
): string {
  const shown = isBuiltIn ? `${name} (built in)` : `invariant ${displayText(name)}`;
  if (result === 'refused') return `  ${colors.error('✗')} ${shown}: refused: ${why}`;
  if (result === 'not proved') return `  ${colors.warning('?')} ${shown}: not proved`;
  const about = inSessions ? '' : ' for requests outside of sessions';
  return `  ${colors.good('✓')} ${shown}: proved${about}`;
}
