/**
 * Words of the report that are the same in every one of them.
 *
 * @module
 */

/** What each of the summary's sentences answers. */
export const SUMMARY_HEADS = ["Objective", "Price", "Conclusion"] as const;

/** How verdicts are to be read. */
export const VERDICTS_LEAD =
  "The data and the machine are the same on both sides. A difference is " +
  "claimed only where the interval of the ratio leaves out 1 and every round " +
  "agrees.";
