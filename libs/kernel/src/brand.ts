declare const brand: unique symbol;

/** Marks a checked value, so that an unchecked one of the same shape is not accepted in its place. */
export interface Brand<Name extends string> {
  readonly [brand]: Name;
}
