// `npm run screenshots`: writes docs/pictures/*.png, screenshots of pages of `nhipol` in a browser.
// It needs Chromium, so it is not part of `npm run generate`. Needs the built command line.

import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The pictures, each with its size, the folder in which its command runs, and the command. */
const shown = [
  [
    'report',
    '900,1060',
    'examples/support-agent',
    'report policy.nhipol --framework owasp-agentic --format html',
  ],
  [
    'simulate',
    '900,1060',
    'examples/agent-trifecta',
    'simulate policy.nhipol --events incident.jsonl --format html',
  ],
];
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const browser = process.env.CHROMIUM || browsers.map(onPath).find((path) => path !== undefined);
if (browser === undefined)
  complain(
    'no Chromium found on the PATH; install it (on Debian: apt-get install chromium) or set CHROMIUM to its path',
  );
else for (const each of shown) takePicture(browser, ...each);

function takePicture(browser, name, size, from, command) {
  const picture = join(root, `docs/pictures/${name}.png`);
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-screenshots-'));
  try {
    const page = join(folder, 'page.html');
    writePage(page, from, command);
    // The browser loads only the page just written, so it needs no sandbox, which is not available to root.
    const { error, status, stderr } = spawnSync(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--hide-scrollbars',
        `--user-data-dir=${folder}/profile`,
        `--window-size=${size}`,
        `--screenshot=${picture}`,
        pathToFileURL(page).href,
      ],
      { encoding: 'utf8' },
    );
    if (error !== undefined || status !== 0)
      complain(`${browser} failed to take a screenshot: ${error?.message ?? stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePage(file, from, command) {
  const args = [...command.split(' '), '-o', file];
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: join(root, from),
  });
}

function complain(message) {
  console.error(message);
  process.exitCode = 1;
}

function onPath(name) {
  const paths = (process.env.PATH ?? '').split(delimiter).map((part) => join(part, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
