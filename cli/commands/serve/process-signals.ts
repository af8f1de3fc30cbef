// The signals that a service gets from its system: to end, and to copy its state.

import type { StateFile } from '@nhipol/service';

/** Nobody else can open the state, so the service itself copies it. */
export function copyOnSignal(state: StateFile, warn: (warning: string) => void): void {
  const copy = `${state.path}.backup`;
  process.on('SIGUSR2', () => {
    try {
      state.copyFile(copy);
      warn(`copied the state to ${copy}`);
    } catch (error) {
      warn(`the state was not copied: ${(error as Error).message}`);
    }
  });
}

export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
