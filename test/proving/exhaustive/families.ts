// The families of tiny policies, one for each part of the language.

import { between, type Family, junctions, lists, subsets, threeValued } from './family.ts';

const equality = ['is', 'is not'];
const orders = ['is', 'is not', '<', '<=', '>', '>='];
const bool = ['true', 'false'];
const head = 'policy p\nsubject agent {}\naction act {}\nresource thing {}\n';

function conditions(
  name: string,
  members: string,
  axes: Family['axes'],
  all: readonly string[],
  declarations = '',
): Family {
  return {
    name,
    declarations: `${head}${declarations}context { ${members} }\n`,
    axes: Object.fromEntries(
      Object.entries(axes).map(([path, values]) => [`context.${path}`, values]),
    ),
    policies: all.map(threeValued),
    conditions: all,
  };
}

const c = (path: string) => `context.${path}`;

function logic(): Family {
  const [x, y, z] = ['a', 'b', 'd'].map(c) as [string, string, string];
  const atoms = [x, y, z, `${x} is present`, `known(${z})`];
  return conditions(
    'logic and presence',
    'a?: Bool, b: Bool = true, d?: Bool',
    { a: [undefined, ...bool], b: [undefined, ...bool], d: [undefined, ...bool] },
    [
      ...junctions(atoms),
      ...between([x, z], ['is', 'is not', 'else'], [y, z, 'true']),
      `if ${x} then ${y} else ${z}`,
      `if ${x} then ${z} else ${z}`,
      `if ${x} is missing then ${y} else not ${y}`,
      `not (if ${x} then ${y} else ${y}) or ${z}`,
      `(${x} and ${z}) or (not ${x} and not ${z})`,
      `${x} is missing and ${y} is missing`,
      `${x} is missing and (if ${x} then ${y} else ${y})`,
    ],
  );
}

function createNestedFamily(): Family {
  const [level, flag, deep] = ['r.level', 'r.flag', 'r.i.x'].map(c) as [string, string, string];
  const levels = ['', ...['LOW', 'HIGH', 'odd'].map((each) => `"level":"${each}"`)];
  const flags = ['', '"flag":true', '"flag":false'];
  const inner = ['', '"x":true', '"x":false'].flatMap((x) => [x, `${x}${x && ','}"must":false`]);
  const records = levels.flatMap((each) =>
    flags.flatMap((flag) =>
      ['', ...inner.map((members) => `"i":{${members}}`)].map(
        (i) => `{${[each, flag, i].filter((part) => part !== '').join(',')}}`,
      ),
    ),
  );
  return conditions(
    'records in records',
    'r?: { level?: Level, flag: Bool = false, i?: { x?: Bool, must: Bool = true } }',
    { r: [undefined, ...records] },
    junctions([
      `${level} is HIGH`,
      `${level} <= LOW`,
      flag,
      deep,
      `${deep} is missing`,
      c('r.i.must'),
      `${c('r.i')} is present`,
      `${c('r')} is missing`,
      `known(${level})`,
      `known(${c('r.i')})`,
      `(${level} else LOW) is LOW`,
    ]),
    'enum Level { LOW < HIGH }\n',
  );
}

function enums(): Family {
  const paths = ['level', 'floor', 'kind'].map(c) as [string, string, string];
  return conditions(
    'enums',
    'level?: Level, floor: Level = MID, kind?: Kind',
    {
      level: [undefined, '"LOW"', '"MID"', '"HIGH"', '"odd"'],
      floor: [undefined, '"LOW"', '"MID"', '"HIGH"', '"odd"'],
      kind: [undefined, '"one"', '"two"', '"odd"'],
    },
    [
      ...between([paths[0]], orders, [paths[1], 'MID', 'HIGH']),
      ...between([paths[2]], equality, ['one', 'other']),
      ...between([paths[0]], ['in', 'not in'], ['{ LOW, HIGH }', `{ ${paths[1]} }`]),
      ...between([`(${paths[0]} else LOW)`], ['is', '>'], [paths[1], 'LOW']),
      `${paths[0]} > ${paths[1]} and ${paths[2]} is other`,
    ],
    'enum Level { LOW < MID < HIGH }\nenum Kind { one, two, other, else other }\n',
  );
}

function numbers(): Family {
  const [n, m] = ['n', 'm'].map(c) as [string, string];
  const values = [undefined, '0', '1', '2', '99999999999999999999'];
  return conditions(
    'numbers with a range',
    'n?: Int(0..2), m: Int(0..2) = 1',
    { n: values, m: values },
    [
      ...between([n, `${n} + 1`, `${n} * 2`, `-${n}`, `${n} - ${m}`], orders, [m, '1', '2']),
      ...between([n], ['in', 'not in'], ['{ 0, 2 }', `{ ${m} }`, `{ ${m}, 0 }`]),
      ...between([`${n} * ${m}`, `4 / (${n} + 1)`], ['is', '<'], ['2', m]),
      ...between([`(${n} else ${m})`], orders, ['1']),
      `(if ${n} > 0 then ${m} else ${n}) is 2`,
      `(if ${n} > 0 then ${m} else ${m}) is 2`,
      `${n} + ${m} > 3 or ${n} is 0`,
    ],
  );
}

function overflow(): Family {
  const [n, m] = ['n', 'm'].map(c) as [string, string];
  const [min, max] = ['-9223372036854775808', '9223372036854775807'];
  const half = ['4611686018427387903', '4611686018427387904', '-4611686018427387905'];
  const values = [undefined, min, '-9223372036854775807', '-2', '-1', '0', '1', '2', ...half, max];
  return conditions(
    'numbers at the limits of 64 bits',
    'n?: Int, m?: Int',
    { n: values, m: values },
    [
      ...between([n, `${n} + 1`, `${n} - 1`, `${n} * 2`, `-${n}`], ['<', '>='], ['0', m]),
      ...between([`${n} + ${m}`, `${n} - ${m}`], ['<', 'is'], ['0', '-1']),
      `known(${n} + 1)`,
      `known(${n} * 2) and ${n} > 2`,
      `known(${n} - ${m})`,
      `known(-${n})`,
    ],
  );
}

const words = ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb', 'aab', 'aba', 'abab', 'A', 'aA'].map(
  (each) => `"${each}"`,
);

function strings(): Family {
  const [s, t] = ['s', 't'].map(c) as [string, string];
  return conditions(
    'strings',
    's?: String, t: String = "a"',
    { s: [undefined, ...words], t: [undefined, ...words] },
    [
      ...between([s], equality, [t, '"a"', '"b"']),
      ...between([s], ['starts_with', 'ends_with', 'contains'], ['"a"', '"ab"', '""']),
      ...between([s], ['starts_with', 'contains'], [t]),
      ...between([s], ['is', 'starts_with'], [`"{${t}}b"`]),
      ...between([`lower(${s})`], equality, ['"a"', t]),
      ...between([`length(${s})`], ['is', '<', '>'], ['0', '1', '2', '3']),
      ...between([`(${s} else ${t})`], equality, ['"a"', '"b"']),
      ...between([s], ['in', 'not in'], ['{ "a", "b" }', `{ ${t} }`, `{ ${t}, "a" }`]),
      `${s} is ${t} and ${s} is not "a" and length(${s}) is 1`,
      `${s} starts_with "a" and ${s} ends_with "b" and not ${s} is "ab"`,
      `${s} is not ${t} and ${s} starts_with "ab" and ${t} starts_with "ab"`,
    ],
  );
}

function patterns(): Family {
  const s = c('s');
  const tests = [
    `${s} matches glob"a*"`,
    `${s} matches glob"*b"`,
    `${s} matches glob"?"`,
    `${s} matches regex"(ab)*"`,
    `${s} contains regex"a+b"`,
    `${s} matches regex"[ab]"`,
    `${s} not matches regex"[a-z]*"`,
    `${s} matches regex"a|b|ba"`,
    `${s} matches glob"A*" ignoring case`,
    `length(${s}) < 2`,
    `${s} is "a"`,
  ];
  const more = ['ac', 'cb', 'c', 'cab', '9', 'a9', '9b', '9ab', 'A9', 'Aab', '9aab'].map(
    (each) => `"${each}"`,
  );
  return conditions(
    'patterns',
    's?: String',
    { s: [undefined, ...words, ...more] },
    junctions(tests),
  );
}

function sets(): Family {
  const [xs, ys, s] = ['xs', 'ys', 's'].map(c) as [string, string, string];
  const values = subsets(['"a"', '"b"', '"c"', '"d"']);
  const relations = ['within', 'not within', 'intersects'];
  const others = [ys, '{ "a" }', '{ "a", "b" }'];
  return conditions(
    'sets of strings',
    'xs?: Set<String>, ys: Set<String> = { "a" }, s?: String',
    { xs: [undefined, ...values], ys: [undefined, ...values], s: [undefined, '"a"', '"c"'] },
    [
      ...between([xs], relations, others),
      ...between([s, '"a"'], ['in', 'not in'], [xs, `(${xs} union ${ys})`, `(${xs} minus ${ys})`]),
      ...between([`${xs} minus ${ys}`, `${xs} intersect ${ys}`], relations, ['{ "a" }', xs]),
      ...between([`size(${xs})`], ['is', '<', '>='], ['0', '1', '2', '3', `size(${ys})`]),
      ...between([`size(${xs} minus ${ys})`, `size(${xs} union ${ys})`], ['is', '>'], ['1', '3']),
      ...['any', 'all'].flatMap((q) => [
        `${q} x in ${xs} satisfies x is "a"`,
        `${q} x in ${xs} satisfies x in ${ys}`,
        `${q} x in ${xs} satisfies x is ${s}`,
        `${q} x in ${xs} satisfies any y in ${ys} satisfies x is not y`,
        `${q} x in ${xs} satisfies all y in ${ys} satisfies x is not y`,
        `${q} x in ${xs} satisfies all y in ${ys} satisfies x is y`,
      ]),
      `${xs} within ${ys} and ${ys} within ${xs} and size(${xs}) is 2`,
      `${xs} not within ${ys} and ${ys} not within ${xs} and "a" not in (${xs} union ${ys})`,
      `(if ${s} is "a" then ${xs} else ${ys}) within { "a" }`,
      `(${xs} else ${ys}) within { "a", "b" }`,
      `{ ${s}, "a" } within ${xs}`,
    ],
  );
}

function unusableElements(): Family {
  const [xs, ns] = ['xs', 'ns'].map(c) as [string, string];
  return conditions(
    'sets with elements of no use',
    'xs?: Set<Level>, ns: Set<Int(0..3)> = { 1 }',
    {
      xs: [undefined, ...subsets(['"LOW"', '"HIGH"', '"odd"'])],
      ns: [undefined, ...subsets(['0', '1', '2', '3', '99999999999999999999'])],
    },
    [
      `LOW in ${xs}`,
      `LOW not in ${xs}`,
      `${xs} within { LOW }`,
      `any x in ${xs} satisfies x is LOW`,
      `all x in ${xs} satisfies x is LOW`,
      `size(${xs}) is 1`,
      `known(${xs})`,
      `${xs} is present`,
      `1 in ${ns}`,
      `${ns} within { 1, 2 }`,
      `${ns} intersects { 1, 2 }`,
      `any n in ${ns} satisfies n > 1`,
      `all n in ${ns} satisfies n > 1`,
      `any n in ${ns} satisfies n + 1 in ${ns}`,
      `all n in ${ns} satisfies any o in ${ns} satisfies o is not n`,
      `min(n for n in ${ns}) is 1`,
      `max(n for n in ${ns}) > 1`,
      `sum(n for n in ${ns}) is 3`,
      `max(n for n in ${ns} where n < 3) is 2`,
      `size(${ns}) > 2`,
      `size(${ns} minus { 1 }) is 1`,
      `known(${ns})`,
      `1 in (${ns} else { 1 })`,
      `size((${xs} else { LOW })) is 1`,
    ],
    'enum Level { LOW < HIGH }\n',
  );
}

function records(): Family {
  const list = c('list');
  const all = bool.flatMap((k) => [`{"k":${k}}`, `{"k":${k},"v":0}`, `{"k":${k},"v":1}`]);
  return conditions(
    'lists of records',
    'list?: List<{ k: Bool, v?: Int(0..1) }>, limit: Int(0..1) = 0',
    { list: [undefined, ...lists(all, 3)], limit: [undefined, '1'] },
    [
      ...['any', 'all'].flatMap((q) => [
        `${q} x in ${list} satisfies x.k`,
        `${q} x in ${list} satisfies x.v > ${c('limit')}`,
        `${q} x in ${list} satisfies x.k and x.v is 1`,
        `${q} x in ${list} satisfies x.v is missing`,
        `${q} x in ${list} satisfies any y in ${list} satisfies x.v is not y.v`,
        `${q} x in ${list} satisfies all y in ${list} satisfies x.v is y.v`,
        `${q} x in ${list} satisfies (x.v else 1) is 1`,
        `${q} x in ${list} satisfies known(x.k)`,
      ]),
      ...between([`size(${list})`], ['is', '<', '>'], ['0', '1', '2']),
      `size(${list}) is 2 and all x in ${list} satisfies x.k`,
      `(any x in ${list} satisfies x.k) and (any x in ${list} satisfies not x.k) and size(${list}) is 2`,
      `min(x.v for x in ${list}) is 1`,
      `max(x.v for x in ${list} where x.k) is 1`,
      `sum(x.v for x in ${list}) > 1`,
    ],
  );
}

function scalarLists(): Family {
  const list = c('list');
  return conditions(
    'lists of scalars',
    'list?: List<String>, s?: String',
    {
      list: [undefined, ...lists(['"a"', '"b"', '"c"'], 3)],
      s: [undefined, '"a"', '"c"'],
    },
    [
      `"a" in ${list}`,
      `${c('s')} in ${list}`,
      `${list} within { "a", "b" }`,
      ...between([`size(${list})`], ['is', '<', '>'], ['0', '1', '2']),
      `size(${list}) is 2 and ${list} within { "a" }`,
      `size(${list}) > 1 and "a" not in ${list}`,
      `size(${list}) is 2 and ${c('s')} in ${list} and "a" not in ${list}`,
      `any x in ${list} satisfies x is "a"`,
      `all x in ${list} satisfies x is ${c('s')}`,
      `any x in ${list} satisfies x is not ${c('s')}`,
    ],
  );
}

function listsOfLists(): Family {
  const grid = c('grid');
  const rows = lists(['0', '1', '99999999999999999999'], 2);
  return conditions(
    'lists of lists',
    'grid: List<List<Int(0..1)>> = []',
    { grid: [undefined, ...lists(rows, 2)] },
    [
      ...['any', 'all'].flatMap((q) => [
        `${q} row in ${grid} satisfies 1 in row`,
        `${q} row in ${grid} satisfies all n in row satisfies n is 1`,
        `${q} row in ${grid} satisfies any n in row satisfies n is 1`,
        `${q} row in ${grid} satisfies size(row) > 1`,
        `${q} row in ${grid} satisfies known(row)`,
      ]),
      `size(${grid}) is 2`,
      `known(${grid})`,
    ],
  );
}

const base = Date.UTC(2026, 2, 3, 10);
const at = (offset: number) => `"${new Date(base + offset).toISOString()}"`;
const minute = 60_000;

function clock(): Family {
  const [time, past, level] = ['time', 'past', 'risk.level'].map(c) as [string, string, string];
  const offsets = [
    2 * minute,
    minute + 1,
    minute,
    1,
    0,
    -1,
    -5 * minute + 1,
    -5 * minute,
    -5 * minute - 1,
    -10 * minute,
  ];
  const calmless = `{"calm":false,"observed_at":${at(0)}}`;
  const risks = offsets.flatMap((offset) => [
    `{"level":"HIGH","observed_at":${at(offset)}}`,
    `{"level":"LOW","observed_at":${at(offset)}}`,
    `{"observed_at":${at(offset)}}`,
  ]);
  return conditions(
    'the clock and freshness',
    'time: Timestamp, past?: Timestamp, risk?: { level?: Level, calm: Bool = true, observed_at?: Timestamp } fresh 5m',
    {
      time: [at(0)],
      past: [undefined, ...offsets.map(at)],
      risk: [undefined, '{}', '{"level":"LOW"}', '{"calm":false}', ...risks, calmless],
    },
    [
      ...between([`${time} - ${past}`, `age(${past})`], ['<', '<=', '>', 'is'], ['5m', '0s']),
      ...between([past], ['<', '>=', 'is'], [time, `${time} - 5m`, `${time} + 1m`]),
      ...between([`age(${past}) + 1m`], ['<=', '>'], ['6m']),
      `${level} is HIGH`,
      `latest(${level}) is HIGH`,
      `known(${level})`,
      `known(${c('risk')})`,
      `known(age(${past}))`,
      `${level} is missing`,
      c('risk.calm'),
      `${c('risk')} is present and not known(${c('risk')})`,
      `${c('risk')} is missing and ${c('risk.calm')}`,
      `${level} is HIGH and latest(${c('risk.observed_at')}) > ${time}`,
      `${level} is HIGH and ${past} < ${time} - 1m`,
    ],
    'enum Level { LOW < HIGH }\n',
  );
}

function calendar(): Family {
  const [time, past] = ['time', 'past'].map(c) as [string, string];
  const days = Array.from({ length: 7 }, (_, day) => day * 24 * 60 * minute);
  const hours = [0, 60 * minute, -60 * minute, 60 * minute - 1, 8 * 60 * minute];
  // The offsets of zones are known for some centuries.
  const unknown = ['"1800-01-07T09:30:00Z"', '"2300-01-02T10:30:00Z"'];
  const instants = [...days.flatMap((day) => hours.map((hour) => at(day + hour))), ...unknown];
  return conditions(
    'windows and the calendar',
    'time: Timestamp, past?: Timestamp',
    {
      time: instants,
      past: [undefined, at(0), at(9 * 60 * minute), at(24 * 60 * minute), at(4 * 24 * 60 * minute)],
    },
    [
      `${time} in w`,
      `${past} in w`,
      `${time} in w and ${past} not in w`,
      `${time} in w and ${time} in v`,
      `${time} in w and not ${time} in v`,
      `${time} in v and not ${time} in w`,
      `${time} in w and ${time} > ${past}`,
      `weekday(${past}, "UTC") is Tue`,
      `weekday(${past}, "UTC") in { Sat, Sun }`,
      `${past} in w and weekday(${past}, "Europe/Berlin") is Tue`,
    ],
    'window w = Mon..Fri 10:00..12:00 in "Europe/Berlin"\nwindow v = Tue 09:00..10:00 in "UTC"\n',
  );
}

function addresses(): Family {
  const [ip, net] = ['ip', 'net'].map(c) as [string, string];
  const ips = ['10.0.0.1', '10.1.0.1', '10.1.0.2', '192.0.2.1', '2001:db8::1', '::1', '1.2.3'];
  const nets = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.1/32', '2001:db8::/32', '::/0', 'odd'];
  return conditions(
    'addresses',
    'ip?: Ip, net: Cidr = 10.0.0.0/8, ips?: Set<Ip>',
    {
      ip: [undefined, ...ips.map((each) => `"${each}"`)],
      net: [undefined, ...nets.map((each) => `"${each}"`)],
      ips: [undefined, '[]', '["10.0.0.1"]', '["10.1.0.1","192.0.2.1"]', '["1.2.3"]', '["::1"]'],
    },
    [
      `${ip} in 10.0.0.0/8`,
      `${ip} in 10.0.0.0/8 and ${ip} not in 10.1.0.0/16`,
      `${ip} in { 10.1.0.0/16, 192.0.2.0/24 }`,
      `${ip} in 192.0.2.1/32 and ${ip} is not 192.0.2.1`,
      `${ip} in ${net}`,
      `${ip} is 10.1.0.1`,
      `${ip}.version is 6`,
      `${ip}.version is 6 and ${ip} not in 2001:db8::/32`,
      `${net} is 10.0.0.0/8`,
      `${net} within 10.0.0.0/8`,
      `any x in ${c('ips')} satisfies x in 10.0.0.0/8`,
      `all x in ${c('ips')} satisfies x in 10.0.0.0/8`,
      `${ip} in ${c('ips')}`,
    ],
  );
}

function maps(): Family {
  const [labels, s] = ['labels', 's'].map(c) as [string, string];
  const pairs = ['"a":"x"', '"a":"y"', '"b":"x"', '"b":"z"'];
  const all = [
    '{}',
    ...pairs.map((each) => `{${each}}`),
    '{"a":"a"}',
    '{"a":"b"}',
    '{"b":"b"}',
    '{"x":"x"}',
    '{"z":"z"}',
    '{"a":"x","b":"x"}',
    '{"a":"y","b":"x"}',
    '{"a":"x","b":"z"}',
    '{"z":"b"}',
  ];
  return conditions(
    'maps and tables',
    'labels?: Map<String, String>, s?: String',
    { labels: [undefined, ...all], s: [undefined, '"a"', '"b"', '"x"', '"z"'] },
    [
      ...between([`${labels}["a"]`, `${labels}[${s}]`], equality, ['"x"', s, `${labels}["b"]`]),
      `${labels}["a"] is present`,
      `${labels}[${s}] is missing`,
      `known(${labels}[${s}])`,
      `${labels}["a"] is "x" and ${labels}["b"] is "x"`,
      `size(${labels}) is 0`,
      `size(${labels}) > 1`,
      `any e in ${labels} satisfies e.key is "a" and e.value is "x"`,
      `all e in ${labels} satisfies e.value is ${s}`,
      ...between([`t[${s}]`], equality, ['"x"', s]),
      `known(t[${s}])`,
      `t[${labels}["a"]] is "a"`,
      `r[${s}].n > 1`,
      `known(r[${s}].n)`,
      `${s} in up["a"]`,
      `"x" in up[${s}]`,
      `size(up[${s}]) is 2`,
    ],
    `table t: String -> String { "a": "x", "x": "a" }
table r: String -> { n?: Int, m: Bool } { "a": { n: 1, m: true }, "b": { n: 2, m: false }, "x": { m: true } }
transitive table up: String -> Set<String> { "a": { "b" }, "b": { "x" } }
`,
  );
}

function spiffe(): Family {
  const id = c('id');
  const ids = ['spiffe://a.b', 'spiffe://a.b/x', 'spiffe://a.b/x/y', 'spiffe://c/x', 'spiffe://c'];
  return conditions(
    'SPIFFE IDs',
    'id?: SpiffeId, other: SpiffeId = spiffe("spiffe://c/x")',
    {
      id: [undefined, '"odd"', ...ids.map((each) => `"${each}"`)],
      other: [undefined, '"odd"', '"spiffe://c/x"', '"spiffe://d/x"', '"spiffe://a.b"'],
    },
    [
      `${id} is "spiffe://a.b/x"`,
      `${id} is ${c('other')}`,
      `${id}.trust_domain is "a.b"`,
      `${id}.path is "/x"`,
      `${id}.trust_domain is ${c('other')}.trust_domain`,
      `${id} matches spiffe"spiffe://a.b/**"`,
      `${id} matches spiffe"spiffe://c/*"`,
      `${id} matches spiffe"spiffe://a.b/**" and ${id}.path is not "/x"`,
      `known(${id})`,
    ],
  );
}

function decisions(): Family {
  const members = ['a', 'b'].map(c) as [string, string];
  const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];
  const rule = (effect: string, id: string, when: string) => {
    const settings = effect === 'narrow' ? ` to { rows: ${id === 'x' ? 1 : 2} }` : '';
    return `${effect} ${id} when ${when}`.replace(/$/, settings);
  };
  const policies = effects.flatMap((first) =>
    effects.flatMap((second) => {
      const [one, two] = [rule(first, 'x', members[0]), rule(second, 'y', members[1])];
      const same = rule(second, 'x', members[1]).replace('rows: 1', 'rows: 2');
      const skip = first === 'permit' ? [] : [one.replace(/( to .*)?$/, ', if unknown skip$1')];
      return [
        `${one}\n  ${two}`,
        `permit ok otherwise\n  ${one}\n  ${two}`,
        `permit ok otherwise\n  ${one}\n  ${same}`,
        ...skip.map((each) => `permit ok otherwise\n  ${each}\n  ${two}`),
        `${one}\n  ${two}\n  permit ok otherwise`,
      ];
    }),
  );
  const narrowed = ['set', 'agree', 'rank', 'numbers'].flatMap((constraint) => {
    const [one, two] = {
      set: ['{ "p", "q" }', '{ "q", "r" }'],
      agree: ['1', '2'],
      rank: ['LOW', 'HIGH'],
      numbers: ['{ 1, 2 }', '{ 2, 3 }'],
    }[constraint] as [string, string];
    const other = constraint === 'agree' ? '1' : constraint === 'rank' ? 'LOW' : '{}';
    const withRules = (x: string, y: string, more = '') =>
      `permit ok otherwise\n  narrow x when ${members[0]} to { ${constraint}: ${x} }${more}\n  narrow y when ${members[1]} to { ${constraint}: ${y} }`;
    return [
      withRules(one, two),
      withRules(one, other),
      withRules(one, two, ` or deny unless ${members[1]}`),
    ];
  });
  const scores = ['narrow to { rows: 1 }', 'challenge', 'deny', 'revoke'].flatMap((low, at, all) =>
    all.slice(at + 1).flatMap((high) =>
      [2, 3].map(
        (from) => `permit ok otherwise
  score s {
    x counts 1 when ${members[0]}
    y counts 2 when ${members[1]}
    from 1 ${low}
    from ${from} ${high}
  }`,
      ),
    ),
  );
  return {
    name: 'decisions',
    declarations: `${head}context { a?: Bool, b?: Bool }
enum Rank { LOW < HIGH }
constraint rows: Int smallest wins
constraint set: Set<String> intersects
constraint numbers: Set<Int> intersects
constraint agree: Int must agree
constraint rank: Rank largest wins
obligation log: notification { to: String, body: String }
`,
    axes: { 'context.a': [undefined, ...bool], 'context.b': [undefined, ...bool] },
    conditions: [],
    policies: [
      ...policies,
      ...narrowed,
      ...scores,
      `permit ok otherwise\n  narrow x when ${members[0]} to { rows: 1 } with log { to: "x", body: "y" }\n  deny y when ${members[1]}`,
      `permit ok when ${members[0]} with log { to: "x", body: "y" }\n  permit other when ${members[1]}`,
      `given g = ${members[0]} {\n    deny x when g\n  } otherwise {\n    challenge y\n  }\n  permit ok when ${members[1]}`,
    ],
  };
}

function scopes(): Family {
  const groups = [
    'for agent { permit x when subject.a }',
    'for agent, job doing act { permit x otherwise }',
    'for any on thing { deny x when resource.b }',
    'for any { permit x otherwise }\nfor job { deny y when subject.n > 1 }',
    'for agent doing "act.run" on box { permit x otherwise }\nfor any doing glob"act.*" { deny y when action.k is missing }',
    'for agent doing "act.run" when subject.a { permit x when action.k is "q" }',
    'for job { permit x when context.ticket is "t" }',
    'for any { permit x when subject.id is resource.id }\nfor any { deny y when subject.type is "agent" }',
  ];
  return {
    name: 'scopes and shapes',
    declarations: `policy p
subject agent { a?: Bool }
subject job { n: Int(0..2) = 1 }
subject any { a: Bool = true }
action act {}
action "act.run" { k?: String }
action any { k?: String }
resource thing { b?: Bool }
resource box {}
context { z?: Bool }
context for job { ticket?: String }
`,
    axes: {
      'subject.type': ['"agent"', '"job"', '"odd"'],
      'subject.properties.a': [undefined, ...bool],
      'subject.properties.n': [undefined, '1', '2'],
      'action.name': ['"act"', '"act.run"', '"act.x"', '"odd"'],
      'action.properties.k': [undefined, '"q"', '"r"'],
      'resource.type': ['"thing"', '"box"', '"odd"'],
      'resource.properties.b': [undefined, ...bool],
      'resource.id': ['"x"', '"y"'],
      'context.ticket': [undefined, '"t"'],
    },
    policies: groups,
    conditions: [],
    scope: '',
  };
}

function invariants(): Family {
  const [a, b] = ['a', 'b'].map(c) as [string, string];
  const claims = [
    a,
    `not ${a}`,
    `${a} implies effect is revoke`,
    `${b} is missing implies ${a}`,
    'effect < deny implies log in obligations',
    `"default_deny" in reasons implies ${a}`,
    `constraints.rows <= 1`,
    `effect is narrow implies constraints.rows is context.n`,
  ];
  const rules = [
    `permit ok when ${b}`,
    `permit ok otherwise\n  deny d when ${a}`,
    `permit ok otherwise\n  narrow n when ${a} to { rows: context.n } with log { to: "x", body: "y" }`,
  ];
  return {
    name: 'invariants',
    declarations: `${head}context { a?: Bool, b?: Bool, n?: Int(0..2) }
constraint rows: Int smallest wins
obligation log: notification { to: String, body: String }
`,
    axes: {
      'context.a': [undefined, ...bool],
      'context.b': [undefined, ...bool],
      'context.n': [undefined, '0', '1', '2'],
      'action.name': ['"act"', '"odd"'],
    },
    policies: rules.flatMap((each) =>
      claims.map((claim) => `for any {\n  ${each}\n}\ninvariant "i" for any doing act\n  ${claim}`),
    ),
    conditions: [],
    scope: '',
  };
}

export const families: readonly Family[] = [
  logic(),
  createNestedFamily(),
  enums(),
  numbers(),
  overflow(),
  strings(),
  patterns(),
  sets(),
  unusableElements(),
  records(),
  scalarLists(),
  listsOfLists(),
  clock(),
  calendar(),
  addresses(),
  maps(),
  spiffe(),
  decisions(),
  scopes(),
  invariants(),
];
