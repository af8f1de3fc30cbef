// Builds the playground, a static site, into `dist/playground`: `npm run build:playground`; with `-- --serve 8080` it also
// serves it on that port of this machine. Runs on the built sources.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import moment from 'moment-timezone';
import { rolldown } from 'rolldown';
import { checkFiles } from '../../dist/language/check-files.js';
import { endOfKnown, firstKnown } from '../../dist/language/types/time/zones.js';
import { writeNotices } from './notices.mjs';
import { pageStyles } from './page-styles.mjs';
import { playgroundBundles } from './playground-bundles.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = `${root}dist/playground`;
/** The words of titles that are not spelt as in the names of folders. */
const spelt = { api: 'API', ci: 'CI', github: 'GitHub', mcp: 'MCP' };
const { values } = parseArgs({ options: { serve: { type: 'string' } } });

rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/samples`, { recursive: true });
for (const options of playgroundBundles) await bundle(options);
await writeNotices();
for (const name of ['LICENSE', 'THIRD-PARTY-NOTICES.md'])
  cpSync(`${root}${name}`, `${out}/${name}`);
cpSync(`${root}web/playground/index.html`, `${out}/index.html`);
writeFileSync(`${out}/style.css`, pageStyles(`${root}web/playground/styles.css`));
await writeSamples();
writeTimeZones();
if (values.serve !== undefined) await serve(Number(values.serve));

async function bundle(options) {
  const build = await rolldown(options);
  await build.write({
    dir: out,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
  });
  await build.close();
}

/** The first policy and the examples, each with the files that it names and a request. */
async function writeSamples() {
  const first = {
    id: 'first-policy',
    entry: 'web/playground/samples/first-policy.nhipol',
    request: `${root}web/playground/samples/first-request.json`,
  };
  const examples = readdirSync(`${root}examples`, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => ({
      id: name,
      entry: `examples/${name}/policy.nhipol`,
      request: findFixture(name),
    }))
    .filter(({ request }) => request !== undefined);
  const index = [];
  for (const { id, entry, request } of [first, ...examples]) {
    const path = `/${entry}`;
    const read = async (file) => readText(`${root}${relative('/', file)}`);
    const { sources, policy } = await checkFiles(path, readText(`${root}${entry}`), read);
    if (policy === undefined) throw new Error(`${entry} has errors`);
    const draft = {
      policy: { entry: path, files: Object.fromEntries(sources) },
      request: readText(request),
      steps: [],
    };
    writeFileSync(`${out}/samples/${id}.json`, JSON.stringify(draft));
    index.push({ id, title: formatTitle(id) });
  }
  writeFileSync(`${out}/samples/index.json`, JSON.stringify(index));
}

/** The zones of moment-timezone in the span of years that the checker knows, for web/playground/worker/time-zones.ts. */
function writeTimeZones() {
  const names = {};
  const indexes = new Map();
  for (const name of moment.tz.names()) {
    const { untils, offsets } = moment.tz.zone(name);
    const isKnown = (until, at) =>
      until > firstKnown && (untils[at - 1] ?? firstKnown) < endOfKnown;
    const zone = JSON.stringify({
      untils: untils.filter(isKnown).map((until) => Math.min(until, endOfKnown)),
      offsets: offsets.filter((_, at) => isKnown(untils[at], at)),
    });
    if (!indexes.has(zone)) indexes.set(zone, indexes.size);
    names[name] = indexes.get(zone);
  }
  const text = `{"names":${JSON.stringify(names)},"zones":[${[...indexes.keys()].join()}]}`;
  writeFileSync(`${out}/time-zones.json`, text);
}

/** The fixture that stands for usual requests. */
function findFixture(example) {
  const folder = `${root}examples/${example}/fixtures`;
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const chosen = names.find((name) => name === 'baseline.json') ?? names[0];
  return chosen && `${folder}/${chosen}`;
}

function formatTitle(id) {
  const words = id.split('-').map((word) => spelt[word] ?? word);
  const title = words.join(' ');
  return `${title[0].toUpperCase()}${title.slice(1)}`;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function serve(port) {
  const { default: sirv } = await import('sirv');
  createServer(sirv(out, { dev: true })).listen(port, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${port}/`);
  });
}
