// The JavaScript host in a browser, as a program: each verb opens a page in Chromium, which does the work, and prints one line of JSON.
// `npm run build` makes what the page loads.
//
//   main.mjs conformance DIR
//   main.mjs measure PREFIX
//   main.mjs stress PREFIX DECISIONS THREADS
//
// Exit codes: 0 all is well, 1 an answer is another than expected or the page failed, 2 usage.

import { readFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { openPage } from './browser.mjs';
import { bundleScripts } from './bundle.mjs';
import { serve } from './server.mjs';

const usage =
  'node hosts/browser/main.mjs conformance DIR | measure PREFIX | stress PREFIX DECISIONS THREADS';

/** @typedef {import('./browser.mjs').Opened} Opened */

process.exitCode = await main(argv.slice(2));

/** @param {readonly string[]} words */
async function main([verb, place, ...numbers]) {
  const [decisions = 0, threads = 0] = numbers.map(Number);
  if (place === undefined) return reportUsage();
  switch (verb) {
    case 'conformance':
      return inPage({ '/conformance/': `${place}/` }, async ({ ask }) => {
        const { checks, failures } = await ask('conformance');
        const passed = checks - failures.length;
        tell({ checks, passed, failures: failures.slice(0, 20) });
        return failures.length === 0;
      });
    case 'measure':
      return inPage({ '/workload.': `${place}.` }, async ({ ask }) => {
        tell({ ...(await ask('measure')), allocations: null });
        return true;
      });
    case 'stress':
      if (!(decisions > 0 && threads > 0)) return reportUsage();
      return inPage({ '/workload.': `${place}.` }, async (opened) => {
        const { disagreements, memory } = await stress(opened, decisions, threads);
        tell({ decisions, threads, disagreements, memory });
        return disagreements === 0;
      });
    default:
      return reportUsage();
  }
}

/** A tenth to warm up, then the rest. @param {Opened} opened @param {number} decisions @param {number} threads */
async function stress({ ask, memoryBytes }, decisions, threads) {
  const warmUp = Math.floor(decisions / 10);
  await ask('startWorkers', threads);
  let disagreements = await ask('decideInWorkers', warmUp);
  const before = await memoryBytes();
  disagreements += await ask('decideInWorkers', decisions - warmUp);
  return { disagreements, memory: [before, await memoryBytes()] };
}

/** @param {Readonly<Record<string, string>>} shared @param {(opened: Opened) => Promise<boolean>} act */
async function inPage(shared, act) {
  const page = await readFile(fileURLToPath(new URL('page/index.html', import.meta.url)), 'utf8');
  const server = await serve({ '/': page, '/favicon.ico': '', ...(await bundleScripts()) }, shared);
  try {
    const opened = await openPage(server.url);
    try {
      return (await act(opened)) ? 0 : 1;
    } finally {
      await opened.close();
    }
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : failure);
    return 1;
  } finally {
    await server.close();
  }
}

function reportUsage() {
  console.error(usage);
  return 2;
}

/** @param {object} told */
function tell(told) {
  console.log(JSON.stringify(told));
}
