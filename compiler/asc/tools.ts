// The parts of AssemblyScript and Binaryen that the assembler uses. Their types are stated here, because those of the
// packages do not cover what keeping trees needs.

/** A parsed file. */
export interface AscSource {
  readonly internalPath: string;
  readonly statements: readonly AscStatement[];
  /** Assigned when a program is compiled. */
  debugInfoIndex: number;
  exportPaths: unknown;
}

interface AscStatement {
  /** The file that an import or export names, without its extension. */
  readonly internalPath?: string | null;
}

export interface AscProgram {
  readonly sources: AscSource[];
  readonly parser: {
    /** The files to parse next, and those that were ever in it. */
    readonly backlog: string[];
    readonly seenlog: Set<string>;
    /** The files that are parsed. */
    readonly donelog: Set<string>;
  };
}

/** The options of a program, changed by functions. */
export type AscOptions = object;
type AscDiagnostic = object;
type AscModule = { readonly ref: number };

export interface Asc {
  readonly FEATURE_NONTRAPPING_F2I: number;
  readonly FEATURE_SIGN_EXTENSION: number;
  readonly FEATURE_MUTABLE_GLOBALS: number;
  readonly FEATURE_SIMD: number;
  readonly newOptions: () => AscOptions;
  readonly setTarget: (options: AscOptions, target: number) => void;
  readonly setRuntime: (options: AscOptions, runtime: number) => void;
  readonly setNoAssert: (options: AscOptions, noAssert: boolean) => void;
  readonly setExportMemory: (options: AscOptions, exported: boolean) => void;
  readonly setInitialMemory: (options: AscOptions, pages: number) => void;
  readonly setMaximumMemory: (options: AscOptions, pages: number) => void;
  readonly setMemoryBase: (options: AscOptions, address: number) => void;
  readonly setStackSize: (options: AscOptions, bytes: number) => void;
  readonly addGlobalAlias: (options: AscOptions, alias: string, name: string) => void;
  readonly setFeature: (options: AscOptions, feature: number, on: boolean) => void;
  readonly setOptimizeLevelHints: (options: AscOptions, level: number, shrink: number) => void;
  readonly newProgram: (options: AscOptions) => AscProgram;
  /** `text`: null if there is no such file, which is reported as an error. */
  readonly parse: (
    program: AscProgram,
    text: string | null,
    path: string,
    isEntry: boolean,
  ) => void;
  readonly nextFile: (program: AscProgram) => string | null;
  readonly nextDiagnostic: (program: AscProgram) => AscDiagnostic | null;
  readonly isError: (diagnostic: AscDiagnostic) => boolean;
  readonly formatDiagnostic: (
    diagnostic: AscDiagnostic,
    colored: boolean,
    withContext: boolean,
  ) => string;
  readonly initializeProgram: (program: AscProgram) => void;
  readonly compile: (program: AscProgram) => AscModule;
}

export interface BinaryenModule {
  readonly runPasses: (passes: string[]) => void;
  readonly emitBinary: () => Uint8Array;
  readonly emitStackIR: () => string;
  readonly dispose: () => void;
}

export interface Binaryen {
  readonly wrapModule: (ref: number) => BinaryenModule;
  readonly clearPassArguments: () => void;
  readonly setPassArgument: (name: string, value: string) => void;
  readonly setOptimizeLevel: (level: number) => void;
  readonly setShrinkLevel: (level: number) => void;
  readonly setDebugInfo: (on: boolean) => void;
  readonly setFastMath: (on: boolean) => void;
  readonly setZeroFilledMemory: (on: boolean) => void;
  readonly setGenerateStackIR: (on: boolean) => void;
  readonly setOptimizeStackIR: (on: boolean) => void;
  readonly setAlwaysInlineMaxSize: (size: number) => void;
  readonly setFlexibleInlineMaxSize: (size: number) => void;
  readonly setOneCallerInlineMaxSize: (size: number) => void;
  readonly setAllowInliningFunctionsWithLoops: (allowed: boolean) => void;
}

/** The standard library of AssemblyScript: texts by path, without `~lib/` and extension. */
export type StandardLibrary = Readonly<Record<string, string>>;

export interface Tools {
  readonly asc: Asc;
  readonly binaryen: Binaryen;
  /** Loads the whole standard library. Called if a module needs more than the part that is included. */
  readonly loadWholeLibrary: () => Promise<StandardLibrary>;
}
