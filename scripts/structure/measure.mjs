// The figures of the structure: for each measure `{ id, title, figure, cases }`, where `cases` are the lines that a
// person reads to lower the figure.

import { listBuiltinSites } from './builtin-sites.mjs';
import { listDeepImports } from './deep-imports.mjs';
import { listLiteralSpreads } from './literal-spreads.mjs';
import {
  endsInPreposition,
  isParticiple,
  isRequiredExport,
  listExports,
  listFunctions,
  listVaguePrefixes,
  listVagueVariables,
} from './names.mjs';
import { listOpenSwitches } from './open-switches.mjs';
import {
  listCode,
  listFiles,
  parseAssembly,
  parseProduct,
  parseScripts,
  parseTests,
} from './source-files.mjs';

const prepositionRule = { breaks: endsInPreposition, what: 'end in a preposition' };
const participleRule = { breaks: isParticiple, what: 'begin with a participle' };

export function measureStructure(root) {
  const files = parseProduct(root);
  const groups = [
    { prefix: '', whose: '', files },
    { prefix: 'assembly-', whose: ' in assembly', files: parseAssembly(root) },
    { prefix: 'script-', whose: ' in scripts', files: parseScripts(root) },
    { prefix: 'test-', whose: ' in tests', files: parseTests(root) },
  ];

  const sizes = countFolders(root);
  const repeated = listRepeatedExports(files);
  const sites = files.flatMap(listBuiltinSites);
  const deep = listDeepImports(root);

  return [
    measure('folders', 'visible folders at the top', listVisibleFolders(root)),
    {
      id: 'largest-folder',
      title: `files in the largest folder, ${sizes[0].folder}`,
      figure: sizes[0].count,
      cases: sizes.map(({ folder, count }) => `${folder} ${count}`),
    },
    measure('deep-imports', 'imports past the exports of another part', deep.product),
    measure('deep-test-imports', 'imports past the exports by tests and tools', deep.tools),
    measure('repeated-exports', 'names that several files export', repeated),
    ...groups.flatMap(measureNamesOfGroup),
    measure(
      'builtin-names',
      'comparisons of the name of a builtin with a literal',
      sites.map(formatLine),
    ),
    measure(
      'literal-spreads',
      'spreads of literals into other literals or calls',
      groups.flatMap(({ files }) => files.flatMap(listLiteralSpreads)).map(formatLine),
    ),
    measure(
      'open-switches',
      'switches over a kind whose default accepts any other',
      files.flatMap(listOpenSwitches).map(formatLine),
    ),
  ];
}

function measure(id, title, cases) {
  return { id, title, figure: cases.length, cases };
}

/** The measures of the names in one group of files. */
function measureNamesOfGroup({ prefix, whose, files }) {
  const functions = files.flatMap(listFunctions);
  return [
    measureNames(`${prefix}prepositions`, `functions${whose}`, prepositionRule, functions),
    measureNames(`${prefix}participles`, `functions${whose}`, participleRule, functions),
    measure(
      `${prefix}vague-variables`,
      `variables${whose} whose names fit any value, such as \`each\``,
      files.flatMap(listVagueVariables).map(formatLine),
    ),
    measure(
      `${prefix}vague-prefixes`,
      `names${whose} that begin with \`known\` or \`own\``,
      files.flatMap(listVaguePrefixes).map(formatLine),
    ),
  ];
}

/** The percentage of functions whose names break a rule. */
function measureNames(id, whose, { breaks, what }, functions) {
  const cases = functions.filter(({ name }) => breaks(name));
  return {
    id,
    title: `percent of ${whose} whose names ${what}`,
    figure: Math.round((1000 * cases.length) / functions.length) / 10,
    cases: cases.map(formatLine),
  };
}

const formatLine = ({ path, line, name }) =>
  `${path}${line === undefined ? '' : `:${line}`} ${name}`;

function listVisibleFolders(root) {
  const tops = listFiles(root).map((path) => path.split('/'));
  const folders = tops.filter((parts) => parts.length > 1).map(([top]) => top);
  return [...new Set(folders)].filter((folder) => !folder.startsWith('.')).sort();
}

/**
 * The folders with how many files of code each has directly, largest first. A folder of Go or Java is a package: its files
 * share what they do not export, and dividing it would change what users import. Such folders are not counted.
 */
function countFolders(root) {
  const counts = new Map();
  for (const path of listCode(root).filter((file) => !/\.(?:go|java)$/.test(file))) {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .map(([folder, count]) => ({ folder, count }))
    .sort((a, b) => b.count - a.count);
}

/** Names that several files export, except those that a program requires of each of its entries. */
function listRepeatedExports(files) {
  const paths = new Map();
  for (const { name, path } of files.flatMap(listExports)) {
    if (isRequiredExport(name, path)) continue;
    paths.set(name, new Set([...(paths.get(name) ?? []), path]));
  }
  return [...paths]
    .filter(([, files]) => files.size > 1)
    .map(([name, files]) => `${name}: ${[...files].join(' ')}`);
}
