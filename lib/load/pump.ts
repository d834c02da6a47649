/** How well a pump kept at its work. */
export interface Pause {
  /** The longest time for which answers could not be taken, µs. */
  readonly worst: number;
}
