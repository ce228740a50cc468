/**
 * A header that gives each request a connection of its own. Servers close kept ones after some seconds without a
 * request (uvicorn: 5), and on a busy machine a request may just be on its way to one that has been closed.
 */
export const ownConnection = { connection: 'close' } as const;
