// The ways in which two values can be ordered, as a set of three bits: the first is smaller, they are equal, or it is larger.

import type { Comparison } from '../../types/comparisons.ts';

/** A set of orders; of values that are only equal or not, the first is smaller or larger if they differ. */
export type OrderSet = number;

const smallerOrder: OrderSet = 1;
export const equalOrder: OrderSet = 2;
const largerOrder: OrderSet = 4;
export const anyOrder: OrderSet = smallerOrder | equalOrder | largerOrder;

/** The orders in which a comparison is true. */
export const ordersByOperator: Readonly<Record<Comparison, OrderSet>> = {
  is: equalOrder,
  'is not': smallerOrder | largerOrder,
  '<': smallerOrder,
  '<=': smallerOrder | equalOrder,
  '>': largerOrder,
  '>=': largerOrder | equalOrder,
};

/** The same orders with exchanged values. */
export function flipOrders(orders: OrderSet): OrderSet {
  return (
    (orders & equalOrder) |
    (orders & smallerOrder ? largerOrder : 0) |
    (orders & largerOrder ? smallerOrder : 0)
  );
}
