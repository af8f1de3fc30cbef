// The state that the requests of an editor share: the connection, the open policies and their analyses.

import type { PolicyModel } from '@nhipol/language/model';
import {
  type ClientCapabilities,
  type Connection,
  LSPErrorCodes,
  type Position,
  ResponseError,
  type TextDocuments,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { PolicyAnalysis } from './analysis.ts';
import type { ConfigSupport } from './features/config-file.ts';
import { findOccurrence } from './features/navigation.ts';
import { Findings } from './findings.ts';
import type { Occurrence } from './index/occurrences.ts';
import { DocumentPositions } from './positions.ts';
import { Project, type ProjectHost } from './project.ts';
import type { ProvedInvariant } from './runs/proofs.ts';
import { RunCache } from './runs/run-cache.ts';
import type { PolicyTestRun } from './runs/test-run.ts';
import { Settings } from './settings.ts';
import { convertPathToUri, convertUriToPath } from './uris.ts';

/** A file in its analysis. */
export interface AnalyzedFile {
  readonly analysis: PolicyAnalysis;
  readonly file: string;
  readonly positions: DocumentPositions;
}

/** A policy without errors. */
export interface CheckedPlace extends AnalyzedFile {
  readonly policy: PolicyModel;
}

/** The files of a host. */
export interface ServerHost extends ProjectHost {
  /** Writes a document for the editor to open, and returns its URI. Missing: the host cannot. */
  readonly writeDocument?: (name: string, text: string) => Promise<string>;
  /** Missing: nhipol.toml has no completion and diagnostics. */
  readonly config?: ConfigSupport;
}

export interface ContextOptions {
  readonly connection: Connection;
  readonly host: ServerHost;
  readonly documents: TextDocuments<TextDocument>;
  /** The current time in milliseconds. */
  readonly clock: () => bigint;
}

export class ServerContext {
  readonly connection: Connection;
  readonly host: ServerHost;
  readonly project: Project;
  readonly documents: TextDocuments<TextDocument>;
  readonly clock: () => bigint;
  readonly findings = new Findings();
  /** The runs of all tests. */
  readonly runs: RunCache<PolicyTestRun>;
  /** The verdicts on all invariants. */
  readonly proofs: RunCache<readonly ProvedInvariant[]>;
  readonly settings = new Settings();
  /** The capabilities of the client, known after `initialize`. */
  client: ClientCapabilities = {};
  /** The URIs of open files, as the client spells them. */
  readonly #uris = new Map<string, string>();

  constructor({ connection, host, documents, clock }: ContextOptions) {
    this.connection = connection;
    this.host = host;
    this.project = new Project(host);
    this.documents = documents;
    this.clock = clock;
    const isCurrent = (analysis: PolicyAnalysis) => this.project.isCurrent(analysis);
    this.runs = new RunCache({
      isCurrent,
      steps: async (analysis, policy) => {
        const { testSteps } = await import('./runs/test-run.ts');
        return testSteps(analysis, policy, () => true, clock());
      },
    });
    this.proofs = new RunCache({
      isCurrent,
      steps: async (_, policy) => (await import('./runs/proofs.ts')).runProofs(policy),
    });
  }

  open(uri: string, text: string): void {
    const path = convertUriToPath(uri);
    this.#uris.set(path, uri);
    this.project.open(path, text);
  }

  toUri(path: string): string {
    return this.#uris.get(path) ?? convertPathToUri(path);
  }

  createPositions({ sources }: PolicyAnalysis): DocumentPositions {
    return new DocumentPositions(sources, this.#uris);
  }

  /** null, if the document is not open or has no answer. */
  async at<Result>(
    uri: string,
    answer: (place: AnalyzedFile) => Result | undefined,
  ): Promise<Result | null> {
    const file = convertUriToPath(uri);
    const analysis = await this.project.analyzeFile(file);
    if (analysis === undefined) return null;
    return answer({ analysis, file, positions: this.createPositions(analysis) }) ?? null;
  }

  /** As `at`, for the name at a position. */
  findAtName<Result>(
    uri: string,
    position: Position,
    answer: (occurrence: Occurrence, place: AnalyzedFile) => Result | undefined,
  ): Promise<Result | null> {
    return this.at(uri, (place) => {
      const { analysis, file, positions } = place;
      const occurrence = findOccurrence(analysis, file, positions.toOffset(file, position));
      return occurrence && answer(occurrence, place);
    });
  }

  /** The policy of a document. Throws a `ResponseError` if it is not open or has errors. */
  async expectChecked(uri: string): Promise<CheckedPlace> {
    const place = await this.at(uri, (analyzedFile) => analyzedFile);
    const policy = place?.analysis.complete().policy;
    if (place === null || policy === undefined) {
      const why = place === null ? 'the document is not open' : 'the policy has errors';
      throw new ResponseError(LSPErrorCodes.RequestFailed, why);
    }
    return { ...place, policy };
  }
}
