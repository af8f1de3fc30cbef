// Starts a program that serves HTTP on a port of this machine, and stops it.

import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const attempts = 300;
const pauseMs = 100;

/**
 * Calls `act` with the URL of the server once it listens, and stops it afterwards.
 *
 * @template T
 * @param {string} cwd
 * @param {(port: number) => readonly string[]} command
 * @param {(url: string) => Promise<T>} act
 */
export async function withServer(cwd, command, act) {
  const port = await freePort();
  const [file = '', ...words] = command(port);
  const server = spawn(file, words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => server.once('close', resolve));
  try {
    await listening(port, () => server.exitCode === null);
    return await act(`http://127.0.0.1:${port}/`);
  } finally {
    server.kill();
    await ended;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until the port accepts connections. @param {number} port @param {() => boolean} isRunning */
async function listening(port, isRunning) {
  for (let attempt = 0; attempt < attempts && isRunning(); attempt += 1) {
    if (await accepts(port)) return;
    await setTimeout(pauseMs);
  }
  throw new Error(`no server listens on port ${port}`);
}

/** @param {number} port @returns {Promise<boolean>} */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
