// JSONPath (RFC 9535) of a member, in the short form where the name allows it.

export type PathStep = string | number;

export function formatJsonPath(steps: readonly PathStep[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step)
      ? `${path}.${step}`
      : `${path}[${JSON.stringify(step)}]`;
  }, '$');
}
