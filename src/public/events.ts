/** The types of AWS's events and results, as `@types/aws-lambda` has them. Only types: nothing to run. */
export type * from "aws-lambda";
