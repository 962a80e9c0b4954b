// What is done later: once, or frame by frame.

/**
 * A function that has something done once, a while after it is first called.
 *
 * @param {() => void} act
 * @param {number} wait in milliseconds
 */
export function soon(act, wait) {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = window.setTimeout(() => {
      timer = 0;
      act();
    }, wait);
  };
}

/**
 * Do something in each frame of a while, with the share of it that is over; for who wants no
 * motion at once, with all of it.
 *
 * @param {number} time in milliseconds
 * @param {(share: number) => boolean} act true to go on
 */
export function animate(time, act) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return void act(1);
  const start = performance.now();
  const step = (/** @type {number} */ now) => {
    const share = Math.min(Math.max((now - start) / time, 0), 1);
    if (act(share) && share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
