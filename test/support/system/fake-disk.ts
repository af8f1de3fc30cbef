// A disk in memory that fails as configured: it is full, writes less than it is given, refuses a call, or
// the process ends at a byte or a call. It distinguishes data that is synced from data that only the
// running system has.

import type { Disk, DiskFile, FileStatus } from '../../../runtime/node/disk.ts';

export interface Fault {
  readonly crashAtByte?: number;
  readonly crashAtCall?: number;
  readonly failAtCall?: number;
  /** No byte after this number is written; a write can be incomplete. */
  readonly fullAtByte?: number;
  /** One write ends at this byte, without an error. */
  readonly shortAtByte?: number;
  /** Files cannot be truncated. */
  readonly isCutRefused?: boolean;
}

/** Thrown when the process ends. */
class Crash extends Error {}

interface Node {
  readonly identity: string;
  bytes: Buffer;
  /** The contents after a power failure. */
  synced: Buffer;
  mode: number;
}

export class FakeDisk implements Disk {
  bytesWritten = 0;
  calls = 0;
  renames = 0;
  #fault: Fault;
  #isDead = false;
  #names = new Map<string, Node>();
  #syncedNames = new Map<string, Node>();
  #made = 0;

  constructor(fault: Fault = {}) {
    this.#fault = fault;
  }

  /** The disk that the next process finds. */
  afterCrash(isPower: boolean): FakeDisk {
    const disk = new FakeDisk();
    const names = isPower ? this.#syncedNames : this.#names;
    for (const [name, node] of names) {
      if (name.endsWith('.lock')) continue;
      const bytes = Buffer.from(isPower ? node.synced : node.bytes);
      const copy = { ...node, bytes, synced: bytes };
      disk.#names.set(name, copy);
      disk.#syncedNames.set(name, copy);
    }
    return disk;
  }

  /** Removes all failures from now on. */
  repair(): void {
    this.#fault = {};
  }

  readSize(path: string): number {
    return this.#names.get(path)?.bytes.length ?? 0;
  }

  readMode(path: string): number | undefined {
    return this.#names.get(path)?.mode;
  }

  setMode(path: string, mode: number): void {
    const node = this.#names.get(path);
    if (node !== undefined) node.mode = mode;
  }

  peekText(path: string): string {
    return this.#names.get(path)?.bytes.toString('utf8') ?? '';
  }

  put(path: string, text: string): void {
    const node = this.#names.get(path);
    if (node !== undefined) node.bytes = Buffer.from(text);
  }

  remove(path: string): void {
    this.#names.delete(path);
  }

  #call(): void {
    if (this.#isDead) throw new Crash();
    const at = this.calls;
    this.calls += 1;
    if (at === this.#fault.crashAtCall) {
      this.#isDead = true;
      throw new Crash();
    }
    if (at === this.#fault.failAtCall) throw failure('EIO');
  }

  #make(): Node {
    this.#made += 1;
    const bytes = Buffer.alloc(0);
    return { identity: `${this.#made}`, bytes, synced: bytes, mode: 0o600 };
  }

  readonly open = async (path: string, how: 'create' | 'exclusive'): Promise<DiskFile> => {
    this.#call();
    const known = this.#names.get(path);
    if (known !== undefined && how === 'exclusive') throw failure('EEXIST');
    const node = known ?? this.#make();
    this.#names.set(path, node);
    return this.#handle(node);
  };

  #handle(node: Node): DiskFile {
    return {
      write: async (bytes, offset, position) => {
        this.#call();
        const count = this.#room(bytes.length - offset);
        const part = Buffer.from(bytes.subarray(offset, offset + count));
        const size = Math.max(node.bytes.length, position + count);
        const next = Buffer.alloc(size);
        node.bytes.copy(next);
        part.copy(next, position);
        node.bytes = next;
        this.bytesWritten += count;
        if (this.bytesWritten === this.#fault.crashAtByte) {
          this.#isDead = true;
          throw new Crash();
        }
        if (count === 0 && bytes.length > offset) throw failure('ENOSPC');
        return count;
      },
      read: async (length) => {
        this.#call();
        return Uint8Array.from(node.bytes.subarray(0, length));
      },
      truncate: async (length) => {
        this.#call();
        if (this.#fault.isCutRefused) throw failure('EIO');
        node.bytes = Buffer.from(node.bytes.subarray(0, length));
      },
      sync: async () => {
        this.#call();
        node.synced = Buffer.from(node.bytes);
      },
      stat: async () => {
        this.#call();
        return createStatus(node);
      },
      chmod: async (mode) => {
        this.#call();
        node.mode = mode;
      },
      close: async () => {
        this.#call();
      },
    };
  }

  /** The number of bytes that are written. */
  #room(wanted: number): number {
    const { crashAtByte, fullAtByte, shortAtByte } = this.#fault;
    const ends = [crashAtByte, fullAtByte, shortAtByte].filter((end) => end !== undefined);
    if (fullAtByte !== undefined && this.bytesWritten >= fullAtByte) return 0;
    const left = ends.map((end) => end - this.bytesWritten).filter((each) => each > 0);
    return Math.min(wanted, ...left);
  }

  readonly status = async (path: string): Promise<FileStatus | undefined> => {
    this.#call();
    const node = this.#names.get(path);
    return node && createStatus(node);
  };

  readonly rename = async (from: string, to: string): Promise<void> => {
    this.#call();
    const node = this.#names.get(from);
    if (node === undefined) throw failure('ENOENT');
    this.#names.delete(from);
    this.#names.set(to, node);
    this.renames += 1;
  };

  readonly unlink = async (path: string): Promise<void> => {
    this.#call();
    if (!this.#names.delete(path)) throw failure('ENOENT');
  };

  readonly syncFolder = async (): Promise<void> => {
    this.#call();
    this.#syncedNames = new Map(this.#names);
  };

  readonly readText = async (path: string): Promise<string | undefined> => {
    this.#call();
    return this.#names.get(path)?.bytes.toString('utf8');
  };

  readonly createText = async (path: string, text: string): Promise<boolean> => {
    this.#call();
    if (this.#names.has(path)) return false;
    this.#names.set(path, { ...this.#make(), bytes: Buffer.from(text) });
    return true;
  };
}

function createStatus({ bytes, mode, identity }: Node): FileStatus {
  return { size: bytes.length, mode, isRegular: true, identity };
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: the disk failed`), { code });
}
