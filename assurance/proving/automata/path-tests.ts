// Tests of paths by patterns: whether a path is in normal form, and where it is under a constant root.

import { invariant } from '@nhipol/language/support';
import { isPattern, makePattern, type Pattern } from '@nhipol/language/types';

const controls = '\\x00-\\x1f\\x7f';
const dots =
  '\\x{2024}\\x{2025}\\x{fe30}\\x{fe52}\\x{fe68}\\x{fe6a}\\x{ff05}\\x{ff0e}\\x{ff0f}\\x{ff3c}';

/** As `pathProblem`, except for a slash at the end. */
const common = [
  '',
  `(.|\\n)*[${controls}\\\\${dots}](.|\\n)*`,
  '(.|\\n)*%[0-9A-Fa-f]{2}(.|\\n)*',
  '[A-Za-z]:(.|\\n)*',
  '(.|\\n)*//(.|\\n)*',
  '((.|\\n)*/)?\\.\\.?(/(.|\\n)*)?',
];

const made = new Map<string, Pattern>();

/** Matches what is not a path in normal form. */
export function compilePathProblems(): Pattern {
  return createPattern([...common, '(.|\\n)+/']);
}

/** Matches what is not one segment; as `findSegmentProblem`. */
export function compileSegmentProblems(refused: string): Pattern {
  const characters = [...refused]
    .map((each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .join('');
  const [empty = '', controlled = '', encoded = ''] = common;
  return createPattern([empty, controlled, encoded, `(.|\\n)*[/${characters}](.|\\n)*`, '\\.\\.?']);
}

type PathTest =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'prefix' | 'constant'; readonly text: string };

/** The tests that decide whether a path is under a root. */
export function listPathTests(root: string): readonly PathTest[] {
  const outer = /[^/]\/$/.test(root) ? root.slice(0, -1) : root;
  return [
    { kind: 'pattern', pattern: createPattern(common) },
    { kind: 'prefix', text: '/' },
    { kind: 'prefix', text: outer === '/' ? outer : `${outer}/` },
    { kind: 'constant', text: outer },
  ];
}

/** Made when it is needed, and once. */
function createPattern(alternatives: readonly string[]): Pattern {
  const text = alternatives.map((alternative) => `(${alternative})`).join('|');
  const existingPattern = made.get(text);
  if (existingPattern !== undefined) return existingPattern;
  const pattern = makePattern({
    language: 'regex',
    text,
    separator: '/',
    ignoringCase: false,
    searches: false,
  });
  invariant(isPattern(pattern), 'the pattern of paths is valid');
  made.set(text, pattern);
  return pattern;
}
