/** Longer than the database itself lets a statement run. */
const answerMs = 12_000;

/**
 * What the database answers, if it does within 12 s: a network that swallows bytes tells nobody that it does. The promise
 * goes on; what it asked for may still be done.
 *
 * @throws an error of the connection (`ETIMEDOUT`), as if it had broken; what the promise rejects with
 */
export async function databaseAnswer<T>(promise: Promise<T>, ms: number = answerMs): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error('The database did not answer in time.'), { code: 'ETIMEDOUT' }));
  }, ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
