/** The id of the step of the plan that an operation of a history is: ids of a run have its nonce behind, and maybe a part. */
export const stepOf = (op: string): string => op.replace(/-[^-.]*(\..*)?$/, '');
