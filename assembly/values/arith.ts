// Arithmetic on 64-bit integers that detects results that do not fit: returns the result, and `ok` states
// whether it is valid.

/** 1: the last result is exact; 0: it is invalid. */
export let ok: i32 = 1;

export function setOk(value: i32): void {
  ok = value;
}

/** For results that are known to fit. */
// @ts-ignore: decorator
@inline
export function add(a: i64, b: i64): i64 {
  return a + b;
}

// @ts-ignore: decorator
@inline
export function sub(a: i64, b: i64): i64 {
  return a - b;
}

// @ts-ignore: decorator
@inline
export function mul(a: i64, b: i64): i64 {
  return a * b;
}

/** For results that are known to fit, with a divisor other than zero. */
// @ts-ignore: decorator
@inline
export function div(a: i64, b: i64): i64 {
  return a / b;
}

// @ts-ignore: decorator
@inline
export function neg(a: i64): i64 {
  return -a;
}

/** Converts an Int to a Decimal. */
// @ts-ignore: decorator
@inline
export function toMillionths(a: i64): i64 {
  return a * 1000000;
}

export function toMillionthsChecked(a: i64): i64 {
  return mulChecked(a, 1000000);
}

export function addChecked(a: i64, b: i64): i64 {
  const sum = a + b;
  ok = i32(((a ^ sum) & (b ^ sum)) >= 0);
  return sum;
}

export function subChecked(a: i64, b: i64): i64 {
  const difference = a - b;
  ok = i32(((a ^ b) & (a ^ difference)) >= 0);
  return difference;
}

export function mulChecked(a: i64, b: i64): i64 {
  const product = a * b;
  if (a == 0 || b == 0 || (<i64>(<i32>a) == a && <i64>(<i32>b) == b)) {
    ok = 1;
  } else if (a == -1 || b == -1) {
    ok = i32(a != i64.MIN_VALUE && b != i64.MIN_VALUE);
  } else {
    ok = i32(product / b == a);
  }
  return product;
}

/** Rounds toward zero. */
export function divChecked(a: i64, b: i64): i64 {
  ok = i32(b != 0 && !(a == i64.MIN_VALUE && b == -1));
  return ok ? a / b : 0;
}

export function negChecked(a: i64): i64 {
  ok = i32(a != i64.MIN_VALUE);
  return -a;
}
