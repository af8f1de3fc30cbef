// A file system in memory for the tests: its files are those that the site lists under /workspace.json. It can be read, written
// and searched by name, as far as the tests need it.

const {
  Disposable,
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  Uri,
  workspace,
} = require('vscode');

exports.activate = async (context) => {
  const address = context.extensionUri.with({ path: '/workspace.json' }).toString(true);
  const files = new Map(Object.entries(await (await fetch(address)).json()));
  const changes = new EventEmitter();
  const encoder = new TextEncoder();
  const isFolder = (path) => [...files.keys()].some((name) => name.startsWith(`${path}/`));
  const prefix = (path) => (path === '/' ? '/' : `${path}/`);

  const provider = {
    onDidChangeFile: changes.event,
    watch: () => new Disposable(() => {}),
    stat({ path }) {
      const text = files.get(path);
      if (text !== undefined) return { type: FileType.File, ctime: 0, mtime: 0, size: text.length };
      if (path === '/' || isFolder(path))
        return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      throw FileSystemError.FileNotFound(path);
    },
    readDirectory({ path }) {
      const start = prefix(path);
      const entries = new Map();
      for (const name of files.keys()) {
        if (!name.startsWith(start)) continue;
        const [first, ...rest] = name.slice(start.length).split('/');
        entries.set(first, rest.length > 0 ? FileType.Directory : FileType.File);
      }
      return [...entries];
    },
    readFile(uri) {
      const text = files.get(uri.path);
      if (text === undefined) throw FileSystemError.FileNotFound(uri);
      return encoder.encode(text);
    },
    writeFile(uri, bytes) {
      files.set(uri.path, new TextDecoder().decode(bytes));
      changes.fire([{ type: FileChangeType.Changed, uri }]);
    },
    createDirectory() {},
    delete: (uri) => void files.delete(uri.path),
    rename() {
      throw FileSystemError.NoPermissions();
    },
  };
  const search = {
    provideFileSearchResults: async () =>
      [...files.keys()].map((path) => Uri.from({ scheme: 'memory', path })),
  };
  context.subscriptions.push(
    workspace.registerFileSystemProvider('memory', provider, { isCaseSensitive: true }),
    workspace.registerFileSearchProvider2('memory', search),
  );
};
