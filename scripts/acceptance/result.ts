/** What one acceptance check found. `failed` names each case that did not hold; `notes` are for people and fail nothing. */
export type AcceptanceResult = {
  readonly name: string;
  readonly passed: number;
  readonly failed: string[];
  readonly notes: string[];
};
