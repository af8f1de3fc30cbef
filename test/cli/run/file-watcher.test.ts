// A working directory can be removed and made again under a daemon. Files that a command names relative to it are still
// watched.

import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchFiles } from '../../../cli/io/watch/file-watcher.ts';
import { Folder } from '../../support/system/run-cli.ts';

test('a file is noticed after the working directory was removed and made again', async () => {
  using folder = new Folder({ 'policy.nhipol': 'before' });
  const before = process.cwd();
  process.chdir(folder.path);
  const watcher = watchFiles({ endsBySignal: false });
  try {
    await watcher.follow(['policy.nhipol']);
    rmSync(folder.path, { recursive: true });
    expect(await watcher.change()).toBe(true);
    mkdirSync(folder.path);
    folder.write('policy.nhipol', 'after');
    expect(await watcher.change()).toBe(true);
    folder.write('policy.nhipol', 'again');
    expect(await watcher.change()).toBe(true);
    // The file is looked at twice a second from now on, which must not report the same change again.
    const next = watcher.change();
    expect(await Promise.race([next, delay(1_200, 'none')])).toBe('none');
    folder.write('policy.nhipol', 'at last');
    expect(await next).toBe(true);
  } finally {
    process.chdir(before);
    await watcher.close();
  }
});
