// Metrics in the format of Prometheus. Names begin with `nhipol_`; docs/operate.md says which of them to watch.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer } from '../pdp/observer.ts';
import type { SignalObserver } from '../signals/signals.ts';

/** Values that are read when metrics are. */
interface Readings {
  readonly sessions: () => number;
  readonly streams: () => number;
  readonly isStored: () => boolean;
  readonly isLogWritable: () => boolean;
  readonly policy: () => {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  };
  /** Seconds since the epoch. */
  readonly activatedAt: () => number;
  readonly isRefused: () => boolean;
}

export interface Metrics extends Observer, SignalObserver {
  readonly requested: (route: string, status: number, seconds: number) => void;
  /** A request was refused, because its caller sent too many. */
  readonly limited: () => void;
  readonly watch: (readings: Readings) => void;
  /** Reports the bytes of the log that its collector does not have. */
  readonly watchShipping: (shipping: {
    readonly unsent: () => number;
    readonly skipped: () => number;
  }) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

const decisionBuckets = [5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 5e-4, 1e-3, 1e-2, 0.1];
const requestBuckets = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.05, 0.25, 1];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const decisions = new Counter({
    name: 'nhipol_decisions_total',
    help: 'Decisions by endpoint and effect',
    registers,
    labelNames: ['endpoint', 'effect'] as const,
  });
  const duration = new Histogram({
    name: 'nhipol_decision_seconds',
    help: 'Time to a decision, without transport',
    registers,
    labelNames: ['endpoint'] as const,
    buckets: decisionBuckets,
  });
  const changes = new Counter({
    name: 'nhipol_session_changes_total',
    help: 'Changes of answers to sessions without a request, by the effect now',
    labelNames: ['effect'] as const,
    registers,
  });
  const signals = new Counter({
    name: 'nhipol_signals_total',
    help: 'Recorded signals',
    registers,
    labelNames: ['signal'] as const,
  });
  const arrivals = new Counter({
    name: 'nhipol_sets_received_total',
    help: 'Security event tokens received',
    registers,
    labelNames: ['source', 'outcome'] as const,
  });
  const transmissions = new Counter({
    name: 'nhipol_sets_sent_total',
    help: 'Security event tokens sent',
    registers,
    labelNames: ['outcome'] as const,
  });
  const limited = new Counter({
    name: 'nhipol_requests_limited_total',
    registers,
    help: 'Requests that were refused, because their callers sent too many',
  });
  const requests = new Histogram({
    name: 'nhipol_http_request_seconds',
    help: 'Time of HTTP requests',
    registers,
    labelNames: ['route', 'status'] as const,
    buckets: requestBuckets,
  });
  return {
    decided: (endpoint, effect, seconds) => {
      decisions.inc({ endpoint, effect });
      duration.observe({ endpoint }, seconds);
    },
    changed: (effect) => changes.inc({ effect }),
    signalled: (signal) => signals.inc({ signal }),
    arrived: (source, outcome) => arrivals.inc({ source, outcome }),
    transmitted: (outcome) => transmissions.inc({ outcome }),
    requested: (route, status, seconds) => requests.observe({ route, status }, seconds),
    limited: () => limited.inc(),
    watch: (readings) => addGauges(registers, readings),
    watchShipping: ({ unsent, skipped }) => {
      addGauge(
        registers,
        'nhipol_log_unsent_bytes',
        'Bytes of the log that its collector does not have',
        unsent,
      );
      addGauge(
        registers,
        'nhipol_log_skipped_lines',
        'Lines of the log that its collector refused, and which are in the file only',
        skipped,
      );
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function addGauges(registers: Registry[], readings: Readings): void {
  const gauge = (name: string, help: string, read: () => number) =>
    addGauge(registers, name, help, read);
  gauge('nhipol_sessions', 'Open sessions', readings.sessions);
  gauge('nhipol_event_streams', 'Open streams of changes', readings.streams);
  gauge('nhipol_state_stored', 'Whether the latest state is stored: 1 or 0', () =>
    Number(readings.isStored()),
  );
  gauge('nhipol_log_writable', 'Whether the decision log can be written: 1 or 0', () =>
    Number(readings.isLogWritable()),
  );
  gauge(
    'nhipol_policy_activated_timestamp_seconds',
    'When the policy was activated',
    readings.activatedAt,
  );
  gauge(
    'nhipol_policy_refused',
    'Whether the latest version of the policy or of the settings was refused: 1 or 0',
    () => Number(readings.isRefused()),
  );
  new Gauge({
    name: 'nhipol_policy_info',
    help: 'The active policy',
    registers,
    labelNames: ['policy', 'version', 'digest'] as const,
    collect() {
      this.reset();
      const { name, version, digest } = readings.policy();
      this.set({ policy: name, version, digest }, 1);
    },
  });
}

function addGauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
