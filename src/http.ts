/** What an HTTP handler's author imports from "mayfly/http". */
export { lambdaEvent } from "./runtime/lambda-event.ts";
export type { HttpEvent, VpcLatticeEvent } from "./http/aws-events.ts";
