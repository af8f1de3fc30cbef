// The solver decides formulas as enumeration does, and the checker accepts its certificates and refuses all others.

import type { Literal } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../../assurance/proving/certificate/certificate.ts';
import {
  Checker,
  checkCertificate,
} from '../../../assurance/proving/certificate/check-certificate.ts';
import { Formula } from '../../../assurance/proving/formula/formula.ts';
import {
  add,
  createConstantTerm,
  type Linear,
  scale,
  subtract,
} from '../../../assurance/proving/formula/linear.ts';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { Solver } from '../../../assurance/proving/solver/solver.ts';
import { runs } from '../../support/budget.ts';
import { isSatisfiable, randomFormula, randomLiteral, ranges } from './random-formula.ts';

describe('random formulas', () => {
  const outcomes = Array.from({ length: runs(400, 60) }, (_, seed) => {
    const made = randomFormula(createRandomNumbers(seed));
    return { seed, made, solution: solve(made.formula, [made.root]) };
  });

  test('are decided as by enumeration', () => {
    const wrong = outcomes.filter(
      ({ made, solution }) => isSatisfiable(made) !== (solution.kind === 'satisfiable'),
    );
    expect(wrong.map(({ seed }) => seed)).toEqual([]);
    const satisfiable = outcomes.filter(({ solution }) => solution.kind === 'satisfiable').length;
    expect(satisfiable).toBeGreaterThan(outcomes.length / 10);
    expect(satisfiable).toBeLessThan((outcomes.length * 9) / 10);
  });

  test('have models that satisfy them', () => {
    for (const { made, solution } of outcomes) {
      if (solution.kind !== 'satisfiable') continue;
      const { model } = solution;
      expect(model.isTrue(made.root)).toBe(true);
      for (const at of made.formula.cone([made.root])) {
        const node = made.formula.node(at);
        if (node.kind !== 'atom') continue;
        const sum = node.inequality.terms.reduce(
          (total, [variable, c]) =>
            total + c * model.readValue({ constant: 0n, terms: new Map([[variable, 1n]]) }),
          0n,
        );
        expect(sum <= node.inequality.bound).toBe(model.isTrue(at));
      }
    }
  });

  test('have certificates that the checker accepts', () => {
    for (const { made, solution } of outcomes) {
      if (solution.kind !== 'unsatisfiable') continue;
      const result = checkCertificate(made.formula, [made.root], solution.certificate);
      expect(result).toEqual({ kind: 'accepted' });
    }
  });

  test('have different models for different random numbers', () => {
    const formula = new Formula();
    const bits = Array.from({ length: 6 }, (_, i) => formula.variable(`${i}`));
    const found = new Set(
      Array.from({ length: 20 }, (_, seed) => {
        const solution = solve(formula, [formula.any(bits)], { random: createRandomNumbers(seed) });
        if (solution.kind !== 'satisfiable') throw new Error('expected a model');
        return bits.map((bit) => Number(solution.model.isTrue(bit))).join('');
      }),
    );
    expect(found.size).toBeGreaterThan(5);
  });

  test('that are satisfiable have no certificate', () => {
    for (const { made, solution } of outcomes) {
      if (solution.kind !== 'satisfiable') continue;
      for (const { solution: other } of outcomes.slice(0, 40)) {
        if (other.kind !== 'unsatisfiable') continue;
        const result = checkCertificate(made.formula, [made.root], other.certificate);
        expect(result.kind).toBe('refused');
      }
    }
  });
});

/** No two pigeons share a box: with one box too few, a refutation needs many steps. */
function pigeons(boxes: number): { readonly formula: Formula; readonly root: Literal } {
  const formula = new Formula();
  const places = Array.from({ length: boxes + 1 }, (_, pigeon) =>
    Array.from({ length: boxes }, (_, box) => formula.variable(`${pigeon} in ${box}`)),
  );
  const distinct = places.flatMap((own, pigeon) =>
    places
      .slice(0, pigeon)
      .flatMap((other) =>
        own.map((literal, box) => formula.or(-literal, -(other[box] as Literal))),
      ),
  );
  return { formula, root: formula.all([...places.map((own) => formula.any(own)), ...distinct]) };
}

/** A circle of numbers, each smaller than the next. */
function circle(length: number): { readonly formula: Formula; readonly root: Literal } {
  const formula = new Formula();
  const numbers = Array.from({ length }, (_, i) => formula.number(`n${i}`));
  const smaller = numbers.map((each, i) =>
    formula.below(each, numbers[(i + 1) % length] as Linear),
  );
  return { formula, root: formula.all(smaller) };
}

describe('certificates', () => {
  const refuted = [pigeons(4), circle(5)].map(({ formula, root }) => {
    const solution = solve(formula, [root]);
    if (solution.kind !== 'unsatisfiable') throw new Error('expected a refutation');
    return { formula, root, certificate: solution.certificate };
  });

  test.each(refuted)('are accepted', ({ formula, root, certificate }) => {
    expect(certificate.length).toBeGreaterThan(0);
    expect(checkCertificate(formula, [root], certificate)).toEqual({ kind: 'accepted' });
  });

  test.each(refuted)('are refused if a step is strengthened', ({ formula, root, certificate }) => {
    const changed = certificate.map((step) => ({ ...step, literals: [] }));
    expect(checkCertificate(formula, [root], changed).kind).toBe('refused');
  });

  test.each(refuted)('are refused without their steps', ({ formula, root }) => {
    expect(checkCertificate(formula, [root], []).kind).toBe('refused');
  });

  test('are refused if a lemma has other factors, signs or literals', () => {
    const { formula, root, certificate } = refuted[1] as (typeof refuted)[1];
    const other = formula.variable('other');
    const changes: readonly ((step: Certificate[number]) => Certificate[number])[] = [
      (step) => (step.kind === 'sum' ? { ...step, factors: step.factors.map((f) => -f) } : step),
      (step) => (step.kind === 'sum' ? { ...step, factors: step.factors.slice(1) } : step),
      (step) => (step.kind === 'sum' ? { ...step, factors: [2n, ...step.factors.slice(1)] } : step),
      (step) => ({ ...step, literals: step.literals.map((literal) => -literal) }),
      (step) => ({ ...step, literals: [other, ...step.literals.slice(1)] }),
    ];
    for (const change of changes) {
      const result = checkCertificate(formula, [root], certificate.map(change));
      expect(result.kind).toBe('refused');
    }
  });

  test('are not needed where propagation refutes a formula', () => {
    const formula = new Formula();
    const bit = formula.variable('bit');
    expect(checkCertificate(formula, [bit, -bit], [])).toEqual({ kind: 'accepted' });
  });
});

describe('numbers', () => {
  test('are exact beyond 64 bits', () => {
    const formula = new Formula();
    const [a, b] = [formula.number('a'), formula.number('b')];
    const big = createConstantTerm(2n ** 70n);
    const roots = [
      formula.atMost(big, subtract(a, b)),
      formula.atMost(subtract(a, b), big),
      formula.equal(b, createConstantTerm(-1n)),
    ];
    const solution = solve(formula, roots);
    expect(solution.kind === 'satisfiable' && solution.model.readValue(a)).toBe(2n ** 70n - 1n);
    const apart = formula.equal(a, createConstantTerm(2n ** 70n));
    expect(solve(formula, [...roots, apart]).kind).toBe('unsatisfiable');
  });

  test('are added and multiplied by constants', () => {
    const formula = new Formula();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => formula.number(name)) as [
      Linear,
      Linear,
      Linear,
    ];
    const sum = add(add(a, scale(b, 3n)), c);
    const roots = [
      formula.equal(sum, createConstantTerm(20n)),
      formula.atMost(a, createConstantTerm(4n)),
      formula.atMost(c, createConstantTerm(3n)),
    ];
    const solution = solve(formula, roots);
    if (solution.kind !== 'satisfiable') throw new Error('expected a model');
    expect(solution.model.readValue(sum)).toBe(20n);
    const tight = [...roots, formula.atMost(b, createConstantTerm(4n))];
    const refuted = solve(formula, tight);
    if (refuted.kind !== 'unsatisfiable') throw new Error('expected a refutation');
    expect(checkCertificate(formula, tight, refuted.certificate)).toEqual({ kind: 'accepted' });
  });

  test('are integers', () => {
    const formula = new Formula();
    const a = formula.number('a');
    const between = [
      formula.below(createConstantTerm(1n), a),
      formula.below(a, createConstantTerm(2n)),
    ];
    expect(solve(formula, between).kind).toBe('unsatisfiable');
  });
});

describe('inequalities of the same sum', () => {
  const bounds = Array.from({ length: 300 }, (_, at) => BigInt((at * 7_919) % 1_000));

  function createOrder() {
    const formula = new Formula();
    const [x, y] = [formula.number('x'), formula.number('y')];
    const atoms = bounds.flatMap((bound) => [
      { bound, literal: formula.atMost(subtract(x, y), createConstantTerm(bound)) },
      // The opposite sum: `y - x >= -bound`.
      { bound: bound - 1n, literal: -formula.atMost(subtract(y, x), createConstantTerm(-bound)) },
    ]);
    return { formula, atoms };
  }

  test('have the values that follow from one of them, without a conflict', () => {
    const { formula, atoms } = createOrder();
    // Each inequality needs a value, and may have any.
    const free = atoms.map(({ literal }, at) => formula.any([literal, formula.variable(`${at}`)]));
    for (const { literal } of [0, 101, 599].flatMap((at) => atoms[at] ?? [])) {
      for (const root of [literal, -literal]) {
        const solution = solve(formula, [root, ...free]);
        expect(solution).toMatchObject({ kind: 'satisfiable', conflicts: 0 });
      }
    }
  });

  test('are ordered again by each query that has them', () => {
    const { formula, atoms } = createOrder();
    const shared = atoms.slice(0, 100).map(({ literal }) => literal);
    const solver = new Solver(formula, shared);
    const checker = new Checker(formula, shared);
    for (let from = 0; from < atoms.length; from += 60) {
      const own = atoms.slice(from, from + 200);
      for (const one of own.slice(0, 4)) {
        for (const other of own.slice(-4)) {
          const roots = [one.literal, -other.literal];
          const solution = solver.solve(roots);
          expect(solution.kind).toBe(one.bound > other.bound ? 'satisfiable' : 'unsatisfiable');
          expect(solution.conflicts).toBeLessThanOrEqual(1);
          if (solution.kind === 'unsatisfiable')
            expect(checker.check(roots, solution.certificate)).toEqual({ kind: 'accepted' });
        }
      }
    }
  });
});

test('the search ends where its effort is used up', () => {
  const { formula, root } = pigeons(8);
  expect(solve(formula, [root], { effort: 20 })).toEqual({ kind: 'undecided', conflicts: 20 });
});

describe('several queries of one solver', () => {
  const outcomes = Array.from({ length: runs(60, 12) }, (_, seed) => {
    const choose = createRandomNumbers(seed);
    const made = randomFormula(choose);
    const { formula, booleans, root } = made;
    const others = Array.from({ length: 6 }, () => randomLiteral(made, choose));
    const solver = new Solver(formula, [others[0] as Literal]);
    const checker = new Checker(formula, [others[0] as Literal]);
    const queries = Array.from({ length: 12 }, (_each, index) => {
      if (index === 6) solver.require([root]);
      const required = index < 6 ? [] : [root];
      const assumptions = [...others, ...booleans]
        .filter(() => choose() < 0.4)
        .map((literal) => (choose() < 0.5 ? literal : -literal));
      const roots = [...required, ...ranges(made), ...assumptions];
      const isRandom = choose() < 0.3;
      const solution = solver.solve([...ranges(made), ...assumptions], {
        random: isRandom ? choose : undefined,
      });
      return { roots, solution };
    });
    return { seed, made, checker, shared: others[0] as Literal, queries };
  });

  test('are decided as by enumeration', () => {
    const wrong = outcomes.flatMap(({ seed, made, queries }) =>
      queries
        .filter(({ roots, solution }) => {
          const root = made.formula.all(roots);
          return isSatisfiable({ ...made, root }) !== (solution.kind === 'satisfiable');
        })
        .map(() => seed),
    );
    expect(wrong).toEqual([]);
    const all = outcomes.flatMap(({ queries }) => queries);
    const refuted = all.filter(({ solution }) => solution.kind === 'unsatisfiable');
    expect(refuted.length).toBeGreaterThan(all.length / 5);
    expect(refuted.length).toBeLessThan((all.length * 4) / 5);
  });

  test('have models that satisfy the formula', () => {
    for (const { queries } of outcomes) {
      for (const { roots, solution } of queries) {
        if (solution.kind !== 'satisfiable') continue;
        expect(roots.map(solution.model.isTrue)).toEqual(roots.map(() => true));
      }
    }
  });

  test('have certificates that are checked each on its own, or by one checker', () => {
    for (const { made, checker, shared, queries } of outcomes) {
      for (const { roots, solution } of queries) {
        if (solution.kind !== 'unsatisfiable') continue;
        const { certificate } = solution;
        const alone = checkCertificate(made.formula, roots, certificate, [shared]);
        expect(alone).toEqual({ kind: 'accepted' });
        expect(checker.check(roots, certificate)).toEqual({ kind: 'accepted' });
      }
    }
  });

  test('have certificates that are refused for other queries', () => {
    for (const { checker, queries } of outcomes) {
      for (const { roots, solution } of queries) {
        if (solution.kind !== 'satisfiable') continue;
        for (const { solution: other } of queries) {
          if (other.kind !== 'unsatisfiable') continue;
          expect(checker.check(roots, other.certificate).kind).toBe('refused');
        }
      }
    }
  });
});

test('a learned clause is not part of proofs that do not need it', () => {
  const { formula, root } = pigeons(5);
  const bit = formula.variable('bit');
  const solver = new Solver(formula, [root]);
  const first = solver.solve([root]);
  const [again, other] = [solver.solve([root]), solver.solve([bit, -bit])];
  expect(first.conflicts).toBeGreaterThan(10);
  expect(again.kind === 'unsatisfiable' && again.conflicts).toBeLessThan(first.conflicts / 2);
  expect(other).toMatchObject({ kind: 'unsatisfiable', certificate: [] });
});
