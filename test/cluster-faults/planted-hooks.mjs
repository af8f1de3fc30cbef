// The hooks of planted.mjs: replaces a text in each source that has it.

const plants = {
  // Writes of a partition succeed also if another node made the last one.
  fence: [
    [
      /function conditional\(condition\) \{/,
      'function conditional(given) { const condition = given?.subject.endsWith(">") ? undefined : given;',
    ],
  ],
  // An owner answers for as long as it believes to be the owner.
  clock: [[/this\.#isServing && performance\.now\(\) < this\.#validUntil/, 'this.#isServing']],
  // An event is acknowledged before the owners of sessions have applied it.
  events: [
    [
      /await Promise\.all\((\w+)\.map\(\((\w+)\) => node\.apply\(\2, sequences\)\)\)/,
      '($1.forEach(($2) => node.apply($2, sequences).catch(() => {})), [])',
    ],
  ],
  // A response does not wait for its change to be stored.
  durability: [[/await this\.#stored\(\);/g, 'void this.#stored().catch(() => {});']],
};

let replacements = [];

export function initialize(name) {
  replacements = plants[name];
}

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (loaded.format !== 'module' || loaded.source === undefined) return loaded;
  let source = loaded.source.toString();
  for (const [pattern, replacement] of replacements) source = source.replace(pattern, replacement);
  return { ...loaded, source };
}
