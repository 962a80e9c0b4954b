// What Python does with lists.

export const lists = {
  /**
   * @param {number} first the end, if it is the only argument
   * @param {number} [end]
   * @param {number} [step]
   */
  range(first, end, step = 1) {
    const [from, to] = end === undefined ? [0, first] : [first, end];
    return Array.from(
      { length: Math.max(0, Math.ceil((to - from) / step)) },
      (_, i) => from + i * step,
    );
  },

  /**
   * @template A, B
   * @param {A[]} xs
   * @param {B[]} ys
   * @returns {[A, B][]}
   */
  zip(xs, ys) {
    return Array.from({ length: Math.min(xs.length, ys.length) }, (_, i) => [xs[i], ys[i]]);
  },

  /**
   * @template A
   * @param {A[]} xs
   * @returns {[number, A][]}
   */
  enumerate: (xs) => xs.map((x, i) => [i, x]),

  /**
   * @param {number[]} xs
   * @param {number} x
   */
  count: (xs, x) => xs.filter((each) => each === x).length,
};
