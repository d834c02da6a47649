/**
 * Words of the report that are the same in every one of them.
 *
 * @module
 */

/** What each of the summary's sentences answers. */
export const SUMMARY_HEADS = ["Objective", "Price", "Conclusion"] as const;

/** Under an HTML report. */
export const FOOTER =
  "Written by Servemark. This file holds the run's spec and histograms as " +
  "JSON, from which its percentiles, throughput and cost can be computed again.";

/** How verdicts are to be read. */
export const VERDICTS_LEAD =
  "The data and the machine are the same on both sides. A difference is " +
  "claimed only where the interval of the ratio leaves out 1 and the rounds " +
  "agree, all but one in six.";
