// The keys of nhipol.toml, a row each. What validates a file, the schema for editors and `nhipol config`
// are made of these rows. A key of a section sets the option of that name of the section's verb.

export const checkFormats = ['pretty', 'json', 'sarif', 'github'] as const;
export const testFormats = ['pretty', 'json', 'junit'] as const;
export const testEngines = ['both', 'evaluator', 'wasm'] as const;
export const coverageForms = ['text', 'lcov', 'html'] as const;
export type CoverageForm = (typeof coverageForms)[number];

/** The greatest whole number that an option takes, too. */
export const mostWhole = 999_999_999;

export type KeyType =
  /** A path from the file's own folder. */
  | { readonly kind: 'path' }
  | { readonly kind: 'texts' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'whole' }
  | { readonly kind: 'flag' };

export interface Key {
  /** The verb; undefined: above all sections. */
  readonly section: string | undefined;
  readonly name: string;
  readonly type: KeyType;
  readonly doc: string;
}

/** Named as the verbs that they are for. */
export const sections = ['check', 'test', 'verify', 'mutate', 'compile', 'fmt'] as const;

export function isSection(name: string): boolean {
  return (sections as readonly string[]).includes(name);
}

/** Those that it sets something for, and those that take its policies. */
export function readsConfig(verb: string): boolean {
  return isSection(verb) || verb === 'report';
}

export const keys: readonly Key[] = [
  {
    section: undefined,
    name: 'policies',
    type: { kind: 'texts' },
    doc: 'The policies that a verb takes when none is named: paths and globs.',
  },
  {
    section: 'check',
    name: 'format',
    type: { kind: 'choice', choices: checkFormats },
    doc: 'How findings are reported.',
  },
  {
    section: 'check',
    name: 'deny-warnings',
    type: { kind: 'flag' },
    doc: 'Warnings are findings: the exit code is 1.',
  },
  {
    section: 'test',
    name: 'engine',
    type: { kind: 'choice', choices: testEngines },
    doc: 'What decides the requests of tests.',
  },
  {
    section: 'test',
    name: 'coverage',
    type: { kind: 'choice', choices: coverageForms },
    doc: 'How it is told what tests cover.',
  },
  {
    section: 'test',
    name: 'coverage-output',
    type: { kind: 'path' },
    doc: 'Where it is written what tests cover.',
  },
  {
    section: 'test',
    name: 'min',
    type: { kind: 'whole' },
    doc: "How many of a hundred outcomes a policy's tests must cover.",
  },
  {
    section: 'verify',
    name: 'samples',
    type: { kind: 'whole' },
    doc: 'How many requests try to refute what is claimed of a policy.',
  },
  {
    section: 'verify',
    name: 'output',
    type: { kind: 'path' },
    doc: 'The folder that counterexamples are written to.',
  },
  {
    section: 'mutate',
    name: 'samples',
    type: { kind: 'whole' },
    doc: 'How many requests are tried on mutants that no test notices.',
  },
  {
    section: 'mutate',
    name: 'min',
    type: { kind: 'whole' },
    doc: 'The least score of a policy that is fine, in percent.',
  },
  {
    section: 'compile',
    name: 'output',
    type: { kind: 'path' },
    doc: "Where modules are written; {name} stands for the policy's name.",
  },
  {
    section: 'compile',
    name: 'requests',
    type: { kind: 'whole' },
    doc: 'How many requests are generated to compare module and evaluator.',
  },
  {
    section: 'compile',
    name: 'validate',
    type: { kind: 'flag' },
    doc: 'Whether module and evaluator are compared before a module is written.',
  },
  {
    section: 'compile',
    name: 'simd',
    type: { kind: 'flag' },
    doc: 'Whether modules may have vector instructions: they are faster, and not for every host.',
  },
  {
    section: 'compile',
    name: 'sessions',
    type: { kind: 'flag' },
    doc: 'Whether modules hold sessions.',
  },
];

/** As in `check.format`. */
export function fullName({ section, name }: Key): string {
  return section === undefined ? name : `${section}.${name}`;
}

/** As commander names the option's value: `deny-warnings` is `denyWarnings`. */
export function optionOf({ name }: Key): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
