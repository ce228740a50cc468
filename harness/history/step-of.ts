/** The id in the history of a part of an operation. */
export const operationOfPart = (op: string, part: string): string => `${op}.${part}`;

/**
 * The step of the plan that an operation of the history comes from. Operation ids of a run are those of the plan with the run's
 * nonce behind (`o3-5f1c`), and the name of the part behind that where a request has parts (`o3-5f1c.title`).
 */
export const stepOf = (op: string): string => /^(.+?)-[0-9a-z]+(?:\..*)?$/.exec(op)?.[1] ?? op;
