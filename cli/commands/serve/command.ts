// Declares `nhipol serve`: its argument, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { TableFile } from '../../io/policies/table-files.ts';
import { type AddCommand, passOptions } from '../add-command.ts';
import {
  collectArgument,
  createCacheOption,
  parsePercent,
  parsePositive,
  parseTableFile,
  parseWholeNumber,
} from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import type { ServeOptions } from './run.ts';

export const addServe: AddCommand = (program, { console, end }) => {
  program
    .command('serve')
    .description('answer evaluations over HTTP and gRPC, and keep sessions decided')
    .argument(
      '[policy]',
      'policy file, compiled module, folder with one of them, or URL of a module',
      'policy.nhipol',
    )
    .option('--config <file>', 'TOML with these options')
    .option('--listen <address>', 'where to listen', '127.0.0.1:8181')
    .option('--grpc <address>', 'where to answer Envoy and agentgateway')
    .option('--grpc-mapping <file>', 'JSON that maps their checks to requests')
    .option(
      '--grpc-obligation <name>',
      'obligation that they carry out; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option(
      '--grpc-constraint <name>',
      'constraint that MCP servers apply; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--access <file>', 'JSON with who may call; required beyond loopback')
    .option('--tls-cert <file>', 'certificate of the service, in PEM')
    .option('--tls-key <file>', 'its private key')
    .option('--tls-client-ca <file>', 'authorities whose client certificates are accepted')
    .option('--public-url <url>', 'where callers reach the service, for its metadata')
    .option('--state <file>', 'database of sessions and approvals', 'nhipol.db')
    .option('--require-state', 'refuse a state that does not exist instead of creating it', false)
    .option(
      '--cluster <url>',
      'NATS server of a cluster, which then has the sessions instead of --state; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--cluster-name <name>', 'separates clusters on the same servers (default: "default")')
    .option('--cluster-creds <file>', 'credentials for NATS, or the seed of an NKey')
    .option('--cluster-ca <file>', 'authorities of the certificates of NATS servers')
    .option('--cluster-cert <file>', 'certificate for NATS, in PEM')
    .option('--cluster-key <file>', 'its private key')
    .option('--cluster-replicas <n>', 'number of copies of the state (default: 3)', parsePositive)
    .option(
      '--cluster-partitions <n>',
      'number of parts of the sessions (default: 16)',
      parsePositive,
    )
    .option(
      '--cluster-identity <path>',
      'member of the subject whose sessions are at one node (default: subject.id)',
    )
    .option(
      '--cluster-lease <s>',
      'how long a node that failed has its sessions (default: 3)',
      parsePositive,
    )
    .option('--log <file>', 'append each decision to this file; - for standard output')
    .option('--log-to <url>', 'send the log to this collector')
    .addOption(
      new Option('--log-to-format <format>', 'lines as they are, or decision events of OPA')
        .choices(['nhipol', 'opa'])
        .default('nhipol'),
    )
    .option('--log-to-token <file>', 'bearer token for the collector')
    .option('--log-optional', 'permit also when the log cannot be written', false)
    .option(
      '--entities <file>',
      'JSON with entities that searches find; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option(
      '--table <name=file>',
      'fill an external table from JSON; repeatable',
      parseTableFile,
      [] as readonly TableFile[],
    )
    .option(
      '--facts <file>',
      'JSON with facts from tokens and certificates, which replace those of callers',
    )
    .option('--signals <file>', 'JSON with whom events come from and go to')
    .addOption(
      new Option('--context <form>', 'what responses contain besides the decision')
        .choices(['full', 'profiles', 'none'] as const)
        .default('full' as const),
    )
    .option('--metadata-key <file>', 'private key that signs the metadata, in PEM')
    .option('--access-request-url <url>', 'where callers request that a challenge be approved')
    .option(
      '--hold-above <percent>',
      'hold back a policy that changes more of the sessions',
      parsePercent,
      100,
    )
    .addOption(
      new Option(
        '--console <mode>',
        'show sessions and policies at /ui; auto: on a loopback address',
      )
        .choices(['auto', 'on', 'off'] as const)
        .default('auto' as const),
    )
    .option('--policy-sha256 <digest>', 'SHA-256 that every version of the module must have')
    .option('--poll <s>', 'how often the URL of a policy is read, in seconds', parsePositive, 30)
    .addOption(createCacheOption())
    .option('--max-sessions <n>', 'number of open sessions', parsePositive, 100_000)
    .option(
      '--session-idle <s>',
      'close a session without requests for so long',
      parsePositive,
      86_400,
    )
    .option('--max-body <KiB>', 'length of the longest body', parsePositive, 1_024)
    .option('--max-connections <n>', 'number of open connections', parsePositive, 10_000)
    .option(
      '--max-rate <n>',
      'requests a second of each caller (default: any number)',
      parsePositive,
    )
    .option('--drain <s>', 'how long to answer after the end was requested', parseWholeNumber, 5)
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol serve policy.nhipol',
          'answer on 127.0.0.1:8181, and follow changes of the policy',
        ],
        [
          'nhipol serve policy.wasm --listen 0.0.0.0:8443 --access access.json --tls-cert tls.crt --tls-key tls.key',
          'answer beyond this machine',
        ],
        ['nhipol serve --config serve.toml', 'take the options from a file'],
        [
          'nhipol serve https://policies.example/agents.wasm --hold-above 5',
          'hold back surprising versions',
        ],
        [
          'nhipol serve policy.wasm --cluster nats://10.0.0.1:4222 --cluster nats://10.0.0.2:4222 --cluster-creds node.creds',
          'be a node of a cluster',
        ],
        [
          'nhipol serve policy.wasm --signals signals.json',
          'receive security events, and transmit revocations',
        ],
      ]),
    )
    .hook('preAction', async (command) => {
      const { applySettings } = await import('./config/apply-settings.ts');
      await applySettings(command, process.env);
    })
    .action(async (policy, { config: _, ...options }) => {
      const { serveCommand } = await import('./run.ts');
      end(await serveCommand(policy, passOptions<ServeOptions>()(options), console()));
    });
};
