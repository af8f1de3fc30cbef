// Implements `nhipol certify`: checks the proofs in a file, or in a module, against the policy in it. A module must be
// what its sources compile to. Any proof that is refused is a finding, as is a claim that is required and not proved for
// every request and every session.

import { render } from '@nhipol/language';
import { displayText, pluralize } from '@nhipol/language/support';
import { type CertifiedClaim, certify, type Proof, readProof } from '@nhipol/proving';
import { stringify } from '@nhipol/runtime';
import {
  findModuleDifference,
  type ProvenModule,
  readProvenModule,
} from '../../engines/proven-module.ts';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { decodeText, isModule, readInput, readSource } from '../../io/files.ts';

export interface CertifyOptions {
  readonly format: 'text' | 'json';
  /** The names of claims that must be proved; default: `all`, each claim of the sources. */
  readonly require?: readonly string[];
}

const every = 'all';

export async function certifyCommand(
  path: string,
  { format, require = [every] }: CertifyOptions,
  console: Console,
): Promise<ExitCode> {
  const { module, proof } = await readGiven(path, console);
  const certified = certify(proof);
  if (certified.kind === 'errors') {
    console.err(render(certified.diagnostics, certified.sources, console.errColors));
    return exitCode.findings;
  }
  const { policy, claims } = certified;
  const difference = module && (await findModuleDifference(module, policy));
  const isSame = difference === undefined;
  const refused = claims.filter(({ result }) => result === 'refused').length;
  const missing = listMissingProofs(claims, require);
  if (format === 'json') {
    const { name, version } = policy;
    const compared = module === undefined ? {} : { module: { isSame, why: difference } };
    const json = {
      format: 'nhipol-certified/1',
      policy: { name, version },
      ...compared,
      claims,
      missing: missing.map((claim) => claim.name),
    };
    await console.out(`${stringify(json, 2)}\n`);
  } else {
    const { outColors } = console;
    const proved = claims.filter(isProved).length;
    const without = missing.filter(({ result }) => result !== 'refused').length;
    const summary = [
      `${proved} of ${pluralize(claims.length, 'claim')} proved, ${refused} refused`,
      ...(without === 0 ? [] : [`${without} required and not proved`]),
    ].join(', ');
    const color = missing.length + refused === 0 && isSame ? outColors.good : outColors.error;
    const lines = [
      outColors.strong(`${policy.name} ${policy.version}`),
      ...(module === undefined ? [] : [formatModuleLine(difference, outColors)]),
      ...claims.map((claim) => claimLine(claim, missing.includes(claim), outColors)),
      color(summary),
    ];
    await console.out(`${lines.join('\n')}\n`);
  }
  return missing.length + refused === 0 && isSame ? exitCode.fine : exitCode.findings;
}

/** Whether a claim is proved for every request, and in sessions with any history. */
function isProved({ result, inSessions }: CertifiedClaim): boolean {
  return result === 'accepted' && inSessions;
}

/** The claims that are required and not proved. */
function listMissingProofs(
  claims: readonly CertifiedClaim[],
  names: readonly string[],
): readonly CertifiedClaim[] {
  const unknown = names.find(
    (name) => name !== every && !claims.some((claim) => claim.name === name),
  );
  if (unknown !== undefined)
    throw new UsageError(`the sources do not make the claim \`${displayText(unknown)}\``);
  const isRequired = ({ name }: CertifiedClaim) => names.includes(every) || names.includes(name);
  return claims.filter((claim) => isRequired(claim) && !isProved(claim));
}

async function readGiven(
  path: string,
  console: Console,
): Promise<{ readonly module?: ProvenModule; readonly proof: Proof }> {
  const refuse = (why: string) => new UsageError(`${path} has no proofs: ${why}`);
  const bytes = path === '-' ? undefined : await readInput(path);
  if (bytes !== undefined && isModule(bytes)) {
    const module = readProvenModule(bytes);
    if (typeof module === 'string') throw refuse(module);
    return { module, proof: module.proof };
  }
  const text =
    bytes === undefined ? await readSource(path, console.input) : decodeText(path, bytes);
  const proof = readProof(text);
  if (typeof proof === 'string') throw refuse(proof);
  return { proof };
}

function formatModuleLine(difference: string | undefined, colors: Colors): string {
  return difference === undefined
    ? `  ${colors.good('✓')} the module is what its sources compile to`
    : `  ${colors.error('✗')} the module is not what its sources compile to: ${displayText(difference)}`;
}

function claimLine(
  { name, isBuiltIn, result, inSessions, why }: CertifiedClaim,
  isMissing: boolean,
  colors: Colors,
): string {
  const shown = isBuiltIn ? `${displayText(name)} (built in)` : `invariant ${displayText(name)}`;
  if (result === 'refused') return `  ${colors.error('✗')} ${shown}: refused: ${why}`;
  const mark = isMissing ? colors.error('✗') : colors.warning('?');
  if (result === 'not proved') return `  ${mark} ${shown}: not proved${why ? `: ${why}` : ''}`;
  if (!inSessions) return `  ${mark} ${shown}: proved only for requests outside of sessions`;
  return `  ${colors.good('✓')} ${shown}: proved`;
}
