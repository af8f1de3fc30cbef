// The ways in which two values can be ordered, as a set of three bits: the first is smaller, they are equal, or it is larger.

import type { Comparison } from '../../types/comparisons.ts';

/** A set of orders; of values that are only equal or not, the first is smaller or larger if they differ. */
export type Orders = number;

const smaller: Orders = 1;
export const equal: Orders = 2;
const larger: Orders = 4;
export const anyOrder: Orders = smaller | equal | larger;

/** The orders in which a comparison is true. */
export const ordersOf: Readonly<Record<Comparison, Orders>> = {
  is: equal,
  'is not': smaller | larger,
  '<': smaller,
  '<=': smaller | equal,
  '>': larger,
  '>=': larger | equal,
};

/** The same orders with exchanged values. */
export function flippedOrders(orders: Orders): Orders {
  return (orders & equal) | (orders & smaller ? larger : 0) | (orders & larger ? smaller : 0);
}
