// The table of the keys of nhipol.toml. Validation, the schema for editors and `nhipol config` derive from it. A
// key sets the option of the same name of the command that its section is named after.

export const checkFormats = ['pretty', 'json', 'sarif', 'github'] as const;
export const testFormats = ['pretty', 'json', 'junit'] as const;
export const testEngines = ['both', 'evaluator', 'wasm'] as const;
export const coverageForms = ['text', 'lcov', 'html'] as const;
export type CoverageForm = (typeof coverageForms)[number];

/** The maximum of whole numbers in the file and in options. */
export const maxWhole = 999_999_999;

export type KeyType =
  /** A path relative to the folder of the file. */
  | { readonly kind: 'path' }
  | { readonly kind: 'texts' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'whole' }
  | { readonly kind: 'flag' };

export interface SettingKey {
  /** The name of the command, or `undefined` for a top-level key. */
  readonly section: string | undefined;
  readonly name: string;
  readonly type: KeyType;
  readonly doc: string;
}

/** The sections, named after their commands. */
export const sections = ['check', 'test', 'verify', 'mutate', 'compile', 'fmt'] as const;

export function isSection(name: string): boolean {
  return (sections as readonly string[]).includes(name);
}

/** Whether a command reads the configuration: for its options or for the list of policies. */
export function readsConfig(command: string): boolean {
  return isSection(command) || command === 'report';
}

export const keys: readonly SettingKey[] = [
  {
    section: undefined,
    name: 'policies',
    type: { kind: 'texts' },
    doc: 'Default policies of the commands, as paths and globs; `!` excludes.',
  },
  {
    section: 'check',
    name: 'format',
    type: { kind: 'choice', choices: checkFormats },
    doc: 'Output format of diagnostics.',
  },
  {
    section: 'check',
    name: 'deny-warnings',
    type: { kind: 'flag' },
    doc: 'Exit with 1 if there are warnings.',
  },
  {
    section: 'check',
    name: 'advise',
    type: { kind: 'flag' },
    doc: 'Also report advice about what is a trap in some policies.',
  },
  {
    section: 'test',
    name: 'engine',
    type: { kind: 'choice', choices: testEngines },
    doc: 'Engine that decides the requests of tests.',
  },
  {
    section: 'test',
    name: 'coverage',
    type: { kind: 'choice', choices: coverageForms },
    doc: 'Output format of the test coverage.',
  },
  {
    section: 'test',
    name: 'coverage-output',
    type: { kind: 'path' },
    doc: 'File to write the test coverage to.',
  },
  {
    section: 'test',
    name: 'min',
    type: { kind: 'whole' },
    doc: 'Minimum percentage of outcomes that the tests of a policy must cover.',
  },
  {
    section: 'verify',
    name: 'samples',
    type: { kind: 'whole' },
    doc: 'Number of requests to try to refute the invariants of a policy.',
  },
  {
    section: 'verify',
    name: 'output',
    type: { kind: 'path' },
    doc: 'Folder to write counterexamples to.',
  },
  {
    section: 'mutate',
    name: 'samples',
    type: { kind: 'whole' },
    doc: 'Number of requests to try on each mutant that no test detects.',
  },
  {
    section: 'mutate',
    name: 'min',
    type: { kind: 'whole' },
    doc: 'Minimum mutation score of a policy, in percent.',
  },
  {
    section: 'compile',
    name: 'output',
    type: { kind: 'path' },
    doc: "File to write modules to; {name} stands for the policy's name.",
  },
  {
    section: 'compile',
    name: 'requests',
    type: { kind: 'whole' },
    doc: 'Number of requests to generate for the comparison of module and evaluator.',
  },
  {
    section: 'compile',
    name: 'validate',
    type: { kind: 'flag' },
    doc: 'Compare module and evaluator before writing a module.',
  },
  {
    section: 'compile',
    name: 'simd',
    type: { kind: 'flag' },
    doc: 'Use vector instructions in modules: faster, but not every host supports them.',
  },
  {
    section: 'compile',
    name: 'sessions',
    type: { kind: 'flag' },
    doc: 'Support sessions in modules.',
  },
  {
    section: 'compile',
    name: 'possible',
    type: { kind: 'flag' },
    doc: 'Evaluate in modules what could be permitted for incomplete requests.',
  },
];

/** Returns the full name of a key, such as `check.format`. */
export function formatFullName({ section, name }: SettingKey): string {
  return section === undefined ? name : `${section}.${name}`;
}

/** Returns the name of the option in commander, such as `denyWarnings` for `deny-warnings`. */
export function toOptionName({ name }: SettingKey): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
