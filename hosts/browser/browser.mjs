// A page in the Chromium of this machine, without a window. What the page does not catch ends what it was asked.

import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const pageBytes = 4096;

/**
 * @typedef {object} Opened
 * @property {(verb: string, ...words: readonly unknown[]) => Promise<any>} ask Calls what the page's script has under this name.
 * @property {() => Promise<number>} memoryBytes What the processes of pages have in memory.
 * @property {() => Promise<void>} close
 */

/** @param {string} url @returns {Promise<Opened>} */
export async function openPage(url) {
  const executablePath =
    process.env.CHROMIUM || names.map(onPath).find((path) => path !== undefined);
  if (executablePath === undefined) {
    throw new Error(
      'No Chromium is on the PATH. Install one (on Debian: apt-get install chromium), or name its file in CHROMIUM.',
    );
  }
  const server = await chromium.launchServer({ executablePath, args: flags });
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await browser.newPage();
  const failed = new Promise((_, reject) => page.on('pageerror', reject));
  failed.catch(() => {});
  page.on('console', (message) => console.error(message.text()));
  await page.goto(url);
  return {
    ask: (verb, ...words) =>
      Promise.race([
        failed,
        page.evaluate(
          ([name, given]) => /** @type {any} */ (globalThis).host[name](...given),
          /** @type {const} */ ([verb, words]),
        ),
      ]),
    memoryBytes: async () => residentBytes(server.process().pid ?? 0),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** @param {string} name */
function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Of all renderers that a process started, or what it started did. @param {number} root */
function residentBytes(root) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const within = new Set([root]);
  // A process has a higher number than its parent, unless numbers have gone round: then some more turns are needed.
  for (let size = 0; size < within.size; ) {
    size = within.size;
    for (const { id, parent } of processes) if (within.has(parent)) within.add(id);
  }
  return processes
    .filter(({ id, isRenderer }) => isRenderer && within.has(id))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

/** None: it has ended. @param {number} id */
function readProcess(id) {
  try {
    const [, parent = ''] =
      /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
    const [, pages = ''] = readFileSync(`/proc/${id}/statm`, 'utf8').split(' ');
    const isRenderer = readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('--type=renderer');
    return [{ id, parent: Number(parent), bytes: Number(pages) * pageBytes, isRenderer }];
  } catch {
    return [];
  }
}
