// Gradient descent over the cases of a data set, with the graph of one case.

/**
 * @typedef {object} Data as Python writes it
 * @property {number[]} inputs the leaves that cases have numbers for
 * @property {number[][]} cases for each case its numbers, in the order of the inputs
 * @property {number[]} parameters the leaves that are trained
 * @property {number} output the node that is shown of each case
 */

const LEAST_RATE = 1e-4; // to begin with
const MOST_TRIED = 3e5; // values of all cases with which rates are tried
const SLICE = 30; // milliseconds of training between two pictures

/** The training of a graph, whose root is the loss of one case. */
export class Training {
  /**
   * @param {import("./graph.js").Graph} graph
   * @param {Data} data
   */
  constructor(graph, { inputs, cases, parameters, output }) {
    this.tape = graph.tape;
    this.inputs = inputs;
    this.cases = cases;
    this.parameters = parameters;
    this.output = output;
    const within = new Set([output]);
    for (const i of within) for (const input of graph.inputs(i)) within.add(input);
    /** The inputs that the output depends on; the others say what it should be. */
    this.axes = inputs.filter((input) => within.has(input));
    this.others = inputs.filter((input) => !within.has(input));
    const { count, passes, operand, owner } = graph.tape;
    const isMoved = new Uint8Array(count); // 1 for what depends on a parameter
    for (const i of parameters) isMoved[i] = 1;
    for (const k of passes.slice().reverse()) isMoved[owner[k]] |= isMoved[operand[k]];
    this.passes = passes.filter((k) => isMoved[operand[k]]);
    this.grad = new Float64Array(count);
    this.sum = new Float64Array(parameters.length);
  }

  /** The case whose numbers are in the graph, or -1. */
  get chosen() {
    const here = this.inputs.map((input) => this.tape.value[input]);
    return this.cases.findIndex((numbers) => numbers.every((number, n) => number === here[n]));
  }

  /**
   * Do what puts other numbers into the graph, which then gets its own back.
   *
   * @template T
   * @param {() => T} work
   */
  borrowed(work) {
    const columns = [this.tape.value, this.tape.local];
    const before = columns.map((column) => column.slice());
    const found = work();
    for (const [n, column] of columns.entries()) column.set(before[n]);
    return found;
  }

  /** @param {number[]} numbers of a case */
  put(numbers) {
    const { tape, inputs } = this;
    for (let n = 0; n < inputs.length; n++) tape.value[inputs[n]] = numbers[n];
  }

  /** The sum of the losses of all cases, and the output of each. */
  measured() {
    const { tape } = this;
    return this.borrowed(() => {
      let loss = 0;
      const outputs = this.cases.map((numbers) => {
        this.put(numbers);
        tape.evaluate();
        loss += tape.value[tape.root];
        return tape.value[this.output];
      });
      return { loss, outputs };
    });
  }

  /**
   * Steps down the sum of the losses, as many as there is time for.
   *
   * @param {number} count
   * @param {number} rate
   * @returns {{losses: number[], to: Map<number, number>}} the loss before each step, and the
   *   numbers of the parameters after the last
   */
  descended(count, rate) {
    return this.borrowed(() => {
      const losses = [];
      const end = performance.now() + SLICE;
      while (losses.length < count && (!losses.length || performance.now() < end))
        losses.push(this.step(rate));
      return { losses, to: new Map(this.parameters.map((i) => [i, this.tape.value[i]])) };
    });
  }

  /** A rate to begin with: 2 divided by the number of cases, halved until a step goes down. */
  firstRate() {
    for (let rate = 2 / this.cases.length; ; rate /= 2) {
      const short = Number(rate.toPrecision(1));
      if (this.cases.length * this.tape.count > MOST_TRIED) return short;
      const [before, after] = this.borrowed(() => [this.step(short), this.step(short)]);
      if (after <= before || rate < LEAST_RATE) return short;
    }
  }

  /**
   * A step, and the loss before it.
   *
   * @param {number} rate
   */
  step(rate) {
    const { tape, cases, parameters, grad, sum, passes } = this;
    let loss = 0;
    sum.fill(0);
    for (const numbers of cases) {
      this.put(numbers);
      tape.forward();
      tape.backward(0, grad, passes);
      loss += tape.value[tape.root];
      for (let n = 0; n < sum.length; n++) sum[n] += grad[parameters[n]];
    }
    for (let n = 0; n < sum.length; n++) tape.value[parameters[n]] -= rate * sum[n];
    return loss;
  }

  /**
   * The output at places of two axes, the other inputs as they are.
   *
   * @param {number[]} xs
   * @param {number[]} ys
   * @returns {number[][]} for each y a row
   */
  grid(xs, ys) {
    const { tape, output, axes } = this;
    return this.borrowed(() =>
      ys.map((y) => {
        tape.value[axes[1]] = y;
        return xs.map((x) => {
          tape.value[axes[0]] = x;
          tape.evaluate(output + 1);
          return tape.value[output];
        });
      }),
    );
  }
}
