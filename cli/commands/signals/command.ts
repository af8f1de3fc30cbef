// Declares `nhipol signals` with its commands: their arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { AddCommand } from '../add-command.ts';
import { collectArgument, parsePositive } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

const defaultUrl = 'http://127.0.0.1:8181';

/** Commands about the stream of a source, with what they say about it. */
const changes = [
  ['pause', 'pause the stream of a source: its transmitter keeps events'],
  ['resume', 'enable a paused stream again'],
  ['delete', 'delete the stream of a source at its transmitter'],
] as const;

export const addSignalsCommand: AddCommand = (program, { console, end }) => {
  const signals = program
    .command('signals')
    .description('send, watch or replay security events')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol signals key test.pem', 'write a key for test events, and print its public key'],
        [
          'nhipol signals send --type risk-level-change --claim current_level=HIGH --subject agent-1 --key test.pem --issuer https://idp.example',
          'report a risk to a service on this machine',
        ],
        ['nhipol signals watch', 'show what arrives at it'],
      ]),
    );
  signals
    .command('key')
    .description('write a new private key, and print its public key set')
    .argument('<file>', 'file to create, in PEM')
    .addOption(
      new Option('--algorithm <name>', 'algorithm of its signatures')
        .choices(['ES256', 'RS256'] as const)
        .default('ES256' as const),
    )
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol signals key test.pem', 'create test.pem; the output is the `jwks` of a source'],
        ['nhipol signals key signing.pem > jwks.json', 'create the key of a transmitter'],
        [
          'nhipol signals key rs256.pem --algorithm RS256',
          'create one that the interoperability profile of CAEP accepts',
        ],
      ]),
    )
    .action(async (path, { algorithm }) => {
      const { runKeyCommand } = await import('./key.ts');
      end(await runKeyCommand(path, algorithm, console()));
    });
  const sending = (name: string, description: string) =>
    signals
      .command(name)
      .description(description)
      .requiredOption('--key <file>', 'private key that signs the token, in PEM')
      .requiredOption('--issuer <url>', 'issuer of the token')
      .option('--audience <name>', 'audience of the token', defaultUrl)
      .option('--to <url>', 'where to push it', `${defaultUrl}/signals/test`)
      .option('--authorization <header>', 'header with which to push');
  sending('send', 'sign a security event, and push it to a receiver')
    .requiredOption('--type <event>', 'name of an event of CAEP or RISC, or a URI')
    .requiredOption('--subject <identifier>', 'subject identifier in JSON, or an opaque id')
    .option(
      '--claim <name=value>',
      'claim of the event, in JSON or text; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--txn <id>', 'transaction that caused it')
    .option('--print', 'print the token instead of sending it', false)
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol signals send --type session-revoked --subject agent-1 --key test.pem --issuer https://idp.example',
          'end the sessions of an agent',
        ],
        [
          `nhipol signals send --type risk-level-change --claim current_level=HIGH --subject '{"format":"email","email":"ann@acme.example"}' --key test.pem --issuer https://idp.example --print`,
          'print a token about a person',
        ],
      ]),
    )
    .action(async (options) => {
      const { sendCommand } = await import('./send.ts');
      end(await sendCommand(options, console()));
    });
  sending('replay', 'send the events of a log again, as new ones')
    .argument('<log>', 'output of `nhipol signals watch --json`')
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol signals replay arrived.jsonl --key test.pem --issuer https://idp.example',
          'send every accepted event again, with its time',
        ],
        [
          'nhipol signals replay arrived.jsonl --key test.pem --issuer https://idp.example --to https://pdp.example/signals/idp',
          'send them to another receiver',
        ],
      ]),
    )
    .action(async (path, options) => {
      const { replayCommand } = await import('./replay.ts');
      end(await replayCommand(path, options, console()));
    });
  signals
    .command('watch')
    .description('print the events that arrive at a service')
    .argument('[url]', 'URL of the service', defaultUrl)
    .option('--api-key <key>', 'key with the role operate')
    .option('--json', 'print each as a line of JSON', false)
    .option('--count <n>', 'number of events after which to end', parsePositive)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol signals watch', 'print what arrives at a service on this machine'],
        ['nhipol signals watch --json > arrived.jsonl', 'write a log that `replay` reads'],
      ]),
    )
    .action(async (url, options) => {
      const { watchCommand } = await import('./watch.ts');
      end(await watchCommand(url, options, console()));
    });
  for (const [change, description] of changes) {
    signals
      .command(change)
      .description(description)
      .argument('<source>', 'name of the source in the settings')
      .option('--signals <file>', 'JSON with whom events come from', 'signals.json')
      .option('--public-url <url>', 'where the service is reached, for a stream that is pushed')
      .option('--reason <text>', 'reason, for the transmitter')
      .addHelpText(
        'after',
        formatExamples([
          [
            `nhipol signals ${change} idp`,
            `${change} the stream of the source idp in signals.json`,
          ],
          [
            `nhipol signals ${change} idp --signals prod.json --public-url https://pdp.example`,
            'for a stream that is pushed to https://pdp.example/signals/idp',
          ],
        ]),
      )
      .action(async (source, options) => {
        const { changeStreamCommand } = await import('./change-stream.ts');
        end(await changeStreamCommand(change, source, options, console()));
      });
  }
};
