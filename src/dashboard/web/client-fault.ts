/** The status of an error by which the server says that the request was at fault: too large, not to be read. */
export function clientFault(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? status : undefined;
}
