/** No token was to be had. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
}
