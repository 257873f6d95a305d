import { expect } from '@jest/globals';

/** The code of the error that `act` throws or rejects with; fails the test when nothing is thrown. */
export async function codeOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
  } catch (error) {
    expect(error).toHaveProperty('code');
    return (error as { code?: string }).code;
  }
  throw new Error('expected an error, none was thrown');
}
