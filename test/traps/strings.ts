// Traps with strings: prefixes, suffixes, words, patterns, paths, hosts, letter case and placeholders.

import { one, type Traps } from './trap.ts';

export const strings = {
  'prefix-of-a-directory': {
    meant: 'Files in /data may be read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit in_data when action.path ‹starts_with ⇒ under› "/data" }`,
    steps: one('read', { args: 'path: "/database/secret"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'suffix-of-a-domain': {
    meant: 'Hosts of example.com may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own when action.host ends_with "‹⇒.›example.com" }`,
    steps: one('fetch', { args: 'host: "evilexample.com"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'prefix-of-a-url': {
    meant: 'URLs of api.example.com may be fetched.',
    policy: `subject agent {}
action fetch { url: String }
for agent { permit api when action.url starts_with "https://api.example.com‹⇒/›" }`,
    steps: one('fetch', { args: 'url: "https://api.example.com.evil.test/x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'prefix-of-an-address': {
    meant: 'Agents in the network 10.1.0.0/16 may read.',
    policy: `subject agent { ip: String }
action read {}
for agent { permit inside when subject.ip starts_with "10.1‹⇒.›" }`,
    steps: one('read', { subject: 'ip: "10.100.2.3"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'prefix-of-an-identity': {
    meant: 'Workloads of the trust domain prod.example may deploy.',
    policy: `subject agent { spiffe: String }
action deploy {}
for agent { permit prod when subject.spiffe starts_with "spiffe://prod.example‹⇒/›" }`,
    steps: one('deploy', { subject: 'spiffe: "spiffe://prod.example.evil/w"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'prefix-of-a-user': {
    meant: 'Each agent may read the records of its own folder.',
    policy: `subject agent {}
resource record {}
for agent on record { permit own when resource.id starts_with "user/{subject.id}‹⇒/›" }`,
    steps: one('read', { type: 'record', id: 'user/ann-2/mail' }),
    got: 'permit',
    wanted: 'deny',
  },
  'suffix-of-a-tenant-domain': {
    meant: 'Agents may call hosts of the domain of their tenant.',
    policy: `subject agent { domain: String }
action fetch { host: String }
for agent { permit own when action.host ends_with "‹⇒.›{subject.domain}" }`,
    steps: one('fetch', { subject: 'domain: "a.test"', args: 'host: "evila.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'prefix-of-an-action': {
    meant: 'The action fs.read and what is below it may be used.',
    policy: `subject agent {}
action any {}
for agent { permit reads when action.name starts_with "fs.read‹⇒.›" }`,
    steps: one('fs.readwrite'),
    got: 'permit',
    wanted: 'deny',
  },
  'mail-domain-without-at': {
    meant: 'Mail goes to addresses of acme.test only.',
    policy: `subject agent {}
action mail { to: List<String> }
for agent doing mail { permit internal when size(action.to) > 0 and all address in action.to satisfies address ends_with "‹⇒@›acme.test" }`,
    steps: one('mail', { args: 'to: ["x@notacme.test"]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'words-in-a-string': {
    meant: 'Messages that mention curl or wget are denied.',
    policy: `subject agent {}
action post { text: String }
for agent { permit works otherwise
  deny network when action.text contains ‹"curl|wget" ⇒ regex"curl|wget"› }`,
    steps: one('post', { args: 'text: "curl http://x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'anchor-in-a-string': {
    meant: 'Messages that begin with sudo are denied.',
    policy: `subject agent {}
action post { text: String }
for agent { permit works otherwise
  deny root when action.text contains ‹"^sudo" ⇒ regex"^sudo"› }`,
    steps: one('post', { args: 'text: "sudo ls"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'any-characters-in-a-string': {
    meant: 'Messages with a statement that deletes are denied.',
    policy: `subject agent {}
action post { text: String }
for agent { permit works otherwise
  deny deletes when action.text contains ‹"DELETE.*FROM" ⇒ regex"(?i)DELETE.*FROM"› }`,
    steps: one('post', { args: 'text: "DELETE a FROM b"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'class-in-a-string': {
    meant: 'Messages with a card number are denied.',
    policy: `subject agent {}
action post { body: String }
for agent { permit works otherwise
  deny cards when action.body contains ‹"[0-9]{16}" ⇒ regex"[0-9]{16}"› }`,
    steps: one('post', { args: 'body: "4111111111111111"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'star-in-a-comparison': {
    meant: 'Secrets are not read.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny secrets when resource.id ‹is "secret-*" ⇒ matches glob"secret-*"› }`,
    steps: one('read', { type: 'record', id: 'secret-1' }),
    got: 'permit',
    wanted: 'deny',
  },
  'star-in-a-set': {
    meant: 'Nobody may call internal hosts.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit works otherwise
  deny internal when ‹lower(action.host) in { "*.internal", "intranet" } ⇒ lower(action.host) is "intranet" or lower(action.host) ends_with ".internal"› }`,
    steps: one('fetch', { args: 'host: "db.internal"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'star-in-a-root': {
    meant: 'What is below /tmp is not executed.',
    policy: `subject agent {}
action run { path: String }
for agent { permit works otherwise
  deny temporary when action.path under "/tmp‹/*⇒›" }`,
    steps: one('run', { args: 'path: "/tmp/x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'list-in-a-string': {
    meant: 'Agents with the role guest or trial are denied.',
    policy: `subject agent { role: String }
action read {}
for agent { permit works otherwise
  deny outsiders when subject.role in { ‹"guest,trial" ⇒ "guest", "trial"› } }`,
    steps: one('read', { subject: 'role: "guest"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'words-as-a-whole': {
    meant: 'Messages with curl or wget are denied.',
    policy: `subject agent {}
action post { text: String }
for agent { permit works otherwise
  deny network when action.text ‹matches ⇒ contains› regex"curl|wget" }`,
    steps: one('post', { args: 'text: "curl http://x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'alternation-between-anchors': {
    meant: 'The two hosts of the company may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own
  when action.host contains ‹regex"^a\\.acme\\.test|b\\.acme\\.test$" ⇒ regex"^(?:a\\.acme\\.test|b\\.acme\\.test)$"› }`,
    steps: one('fetch', { args: 'host: "a.acme.test.evil.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'search-without-anchors': {
    meant: 'The hosts a.acme.test and b.acme.test may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own
  when action.host ‹contains ⇒ matches› regex"(?:a|b)\\.acme\\.test" }`,
    steps: one('fetch', { args: 'host: "a.acme.test.evil.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'dot-of-a-host': {
    meant: 'The host api.acme.test may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own when action.host matches regex"api‹⇒\\›.acme‹⇒\\›.test" }`,
    steps: one('fetch', { args: 'host: "api-acme.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'path-with-dots': {
    meant: 'Nothing below /etc is read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny system when action.path ‹starts_with "/etc/" ⇒ under "/etc"› }`,
    steps: one('read', { args: 'path: "/srv/../etc/passwd"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'path-with-two-slashes': {
    meant: 'The file /etc/shadow is not read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny shadow when ‹action.path ⇒ normal_path(action.path)› is "/etc/shadow" }`,
    steps: one('read', { args: 'path: "/etc//shadow"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'encoded-path-of-a-glob': {
    meant: 'Files named .env are not read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny secrets when ‹action.path ⇒ normal_path(action.path)› matches glob"**/.env" }`,
    steps: one('read', { args: 'path: "/srv/%2eenv"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'path-in-a-search': {
    meant: 'Keys in .ssh are not read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny keys when ‹action.path contains "/.ssh/" ⇒ normal_path(action.path) contains "/.ssh/"› }`,
    steps: one('read', { args: 'path: "/home/u/%2essh/id"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'one-level-of-a-glob': {
    meant: 'Nothing in the folder for secrets is read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny secrets when normal_path(action.path) matches glob"/secrets/‹*⇒**›" }`,
    steps: one('read', { args: 'path: "/secrets/a/b"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'case-of-a-host': {
    meant: 'The host evil.test is not called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit works otherwise
  deny evil when ‹action.host ⇒ lower(action.host)› is "evil.test" }`,
    steps: one('fetch', { args: 'host: "EVIL.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'case-of-an-extension': {
    meant: 'Private keys are not read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny keys when normal_path(action.path) matches glob"**/*.pem"‹ ⇒ ignoring case› }`,
    steps: one('read', { args: 'path: "/srv/prod.PEM"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'capitals-after-lower': {
    meant: 'The host Evil.test is not called, in any case.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit works otherwise
  deny evil when lower(action.host) is "‹E⇒e›vil.test" }`,
    steps: one('fetch', { args: 'host: "Evil.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'labels-of-a-host': {
    meant: 'Direct subdomains of acme.test may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own when action.host matches glob"*.acme.test"‹ ⇒ separated by "."› }`,
    steps: one('fetch', { args: 'host: "a.customer.acme.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'foreign-glob': {
    meant: 'Files for development and tests may be read.',
    policy: `subject agent {}
action read { path: String }
for agent { permit works otherwise
  deny production when normal_path(action.path) matches glob"‹@(prod|live)⇒{prod,live}›/**" }`,
    steps: one('read', { args: 'path: "prod/a"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'dollar-placeholder': {
    meant: 'The lock of an agent stops it.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny locked when resource.id is "lock/‹$⇒›{subject.id}" }`,
    steps: one('read', { type: 'record', id: 'lock/ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'doubled-braces': {
    meant: 'The lock of an agent stops it.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny locked when resource.id is "lock/‹{{subject.id}}⇒{subject.id}›" }`,
    steps: one('read', { type: 'record', id: 'lock/ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'dollar-name': {
    meant: 'The lock of an agent stops it.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny locked when resource.id is "lock/‹$subject.id⇒{subject.id}›" }`,
    steps: one('read', { type: 'record', id: 'lock/ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'percent-placeholder': {
    meant: 'The lock of an agent stops it.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny locked when resource.id is "lock/‹%s⇒{subject.id}›" }`,
    steps: one('read', { type: 'record', id: 'lock/ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'placeholder-in-a-set': {
    meant: 'The two locks of an agent stop it.',
    policy: `subject agent {}
resource record {}
for agent on record { permit works otherwise
  deny locked when ‹resource.id in { "lock/{subject.id}", "stop/{subject.id}" } ⇒ resource.id is "lock/{subject.id}" or resource.id is "stop/{subject.id}"› }`,
    steps: one('read', { type: 'record', id: 'lock/ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'words-of-a-command': {
    meant: 'Files are not deleted recursively.',
    policy: `subject agent {}
action run { ‹command: String ⇒ program: String› }
for agent { ‹permit works otherwise
  deny removal when action.command contains "rm -rf" ⇒ permit safe when action.program in { "ls", "cat" }› }`,
    steps: one('run', { args: 'command: "rm -r -f /", program: "rm"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'several-recipients': {
    meant: 'Mail goes to addresses of acme.test only.',
    policy: `subject agent {}
action mail { to: ‹String ⇒ List<String>› }
for agent doing mail { permit internal when ‹⇒ size(action.to) > 0 and all address in› action.to ‹⇒satisfies address› ends_with "@acme.test" }`,
    steps: one('mail', {
      args: 'to: ‹"x@evil.test,a@acme.test" ⇒ ["x@evil.test", "a@acme.test"]›',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'address-before-an-address': {
    meant: 'Mail goes to one address of acme.test.',
    policy: `subject agent {}
action mail { to: String }
for agent doing mail { permit internal when action.to matches regex"‹.* ⇒ [^@,; ]+›@acme\\.test" }`,
    steps: one('mail', { args: 'to: "x@evil.test, a@acme.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'dot-of-a-mail-domain': {
    meant: 'Mail goes to one address of acme.test.',
    policy: `subject agent {}
action mail { to: String }
for agent doing mail { permit internal when action.to matches regex"[a-z]+@acme‹⇒\\›.test" }`,
    steps: one('mail', { args: 'to: "x@acmextest"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'command-after-a-command': {
    meant: 'Agents read the log of a repository.',
    policy: `subject agent {}
action shell { command: String }
for agent { permit log when action.command ‹starts_with "git log" ⇒ matches regex"git log[a-z0-9 -]*"› }`,
    steps: one('shell', { args: 'command: "git log; rm -rf /"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'command-after-a-glob': {
    meant: 'Agents use git.',
    policy: `subject agent {}
action shell { command: String }
for agent { permit git when action.command matches ‹glob"git *" ⇒ regex"git [a-z0-9 -]*"› }`,
    steps: one('shell', { args: 'command: "git log; rm -rf ."' }),
    got: 'permit',
    wanted: 'deny',
  },
  'line-of-a-command': {
    meant: 'Agents list files.',
    policy: `subject agent {}
action shell { command: String }
for agent { permit list when action.command matches regex"ls( ‹[^;&|]* ⇒ [a-z/-]*›)?" }`,
    steps: one('shell', { args: 'command: "ls \\nrm -rf ."' }),
    got: 'permit',
    wanted: 'deny',
  },
  'statement-after-a-statement': {
    meant: 'Agents read tables.',
    policy: `subject agent {}
action query { sql: String }
for agent { permit reads when action.sql ‹starts_with "SELECT " ⇒ matches regex"SELECT [a-z0-9_, ]+ FROM [a-z_]+"› }`,
    steps: one('query', { args: 'sql: "SELECT 1; DROP TABLE x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'two-placeholders-with-a-dash': {
    meant: 'Each app of a tenant has its own database.',
    policy: `subject agent { tenant: String, app: String }
resource database {}
for agent on database { permit own when resource.id is "{subject.tenant}‹-⇒/›{subject.app}" }`,
    steps: one('read', {
      subject: 'tenant: "acme-prod", app: "db"',
      type: 'database',
      id: '‹acme-prod-db ⇒ acme/prod-db›',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'two-placeholders-without-a-separator': {
    meant: 'Each app of a tenant has its own database.',
    policy: `subject agent { tenant: String, app: String }
resource database {}
for agent on database { permit own when resource.id is "{subject.tenant}‹⇒:›{subject.app}" }`,
    steps: one('read', {
      subject: 'tenant: "ab", app: "c"',
      type: 'database',
      id: '‹abc ⇒ a:bc›',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'dash-after-a-placeholder': {
    meant: 'A tenant reads what begins with its name.',
    policy: `subject agent { tenant: String }
resource record {}
for agent on record { permit own when resource.id starts_with "tenant-{subject.tenant}‹-⇒/›" }`,
    steps: one('read', { subject: 'tenant: a', type: 'record', id: 'tenant-a-b‹-⇒/›secret' }),
    got: 'permit',
    wanted: 'deny',
  },
  'exchanged-operands-of-under': {
    meant: 'Agents read what is in their home folder.',
    policy: `subject agent { home: String }
action read { path: String }
for agent { permit own when ‹subject.home under action.path ⇒ action.path under subject.home› }`,
    steps: one('read', { subject: 'home: "/h/a"', args: 'path: "/"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'list-that-contains-a-part': {
    meant: 'Agents read and list.',
    policy: `subject agent {}
action call { operation: String }
for agent { permit works when ‹"read list" contains action.operation ⇒ action.operation in { "read", "list" }› }`,
    steps: one('call', { args: 'operation: "re"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'lines-between-anchors': {
    meant: 'Ids are numbers.',
    policy: `subject agent {}
action find { id: String }
for agent { permit works when action.id contains regex"‹(?m)⇒›^[0-9]+$" }`,
    steps: one('find', { args: 'id: "123\\n;drop"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'host-at-the-end-of-a-url': {
    meant: 'URLs of acme.test may be fetched.',
    policy: `subject agent {}
action fetch { ‹url ⇒ host›: String }
for agent { permit own when action.‹url ⇒ host› ends_with ".acme.test" }`,
    steps: one('fetch', { args: '‹url: "https://evil.test/?.acme.test" ⇒ host: "evil.test"›' }),
    got: 'permit',
    wanted: 'deny',
  },
  'host-within-a-url': {
    meant: 'URLs of acme.test may be fetched.',
    policy: `subject agent {}
action fetch { url: String }
for agent { permit own when action.url ‹contains "acme.test" ⇒ starts_with "https://acme.test/"› }`,
    steps: one('fetch', { args: 'url: "https://evil.test/acme.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'host-within-a-host': {
    meant: 'Hosts of acme.test may be called.',
    policy: `subject agent {}
action fetch { host: String }
for agent { permit own when action.host ‹contains "acme.test" ⇒ ends_with ".acme.test"› }`,
    steps: one('fetch', { args: 'host: "acme.test.evil.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'host-anywhere-in-a-pattern': {
    meant: 'URLs of acme.test may be fetched.',
    policy: `subject agent {}
action fetch { url: String }
for agent { permit own when action.url matches regex"‹.* ⇒ https://[a-z]+\\.›acme\\.test/[a-z]*" }`,
    steps: one('fetch', { args: 'url: "https://evil.test/acme.test/x"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'case-of-an-address': {
    meant: 'Nobody writes to the chief.',
    policy: `subject agent {}
action mail { to: String }
for agent { permit works otherwise
  deny chief when ‹action.to ⇒ lower(action.to)› is "ceo@acme.test" }`,
    steps: one('mail', { args: 'to: "CEO@acme.test"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'names-of-this-machine': {
    meant: 'This machine is not called.',
    policy: `subject agent {}
action fetch { ‹host: String ⇒ address: Ip› }
for agent { permit works otherwise
  deny local when ‹lower(action.host) in { "localhost", "127.0.0.1" } ⇒ action.address in { 127.0.0.0/8, ::1/128 }› }`,
    steps: one('fetch', { args: '‹host: "127.1" ⇒ address: "127.0.0.1"›' }),
    got: 'permit',
    wanted: 'deny',
  },
} satisfies Traps;
