// Shifts the wall clock of a process by NHIPOL_TEST_SKEW milliseconds. The monotonic clock is that of the machine.

const skew = Number(process.env.NHIPOL_TEST_SKEW ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + skew);
    else super(...given);
  }

  static now() {
    return RealDate.now() + skew;
  }
};
