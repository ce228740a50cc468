/** What no answer to a client shows: frames of a stack trace, and the address of another service. */
export const innards =
  / {2,}at |node_modules|\.(?:ts|js|py):\d|line \d+, in |127\.0\.0\.1|localhost|https?:\/\/|\b[a-z-]+:\d{4,5}\b/;
