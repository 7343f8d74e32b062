/** What an HTTP handler's author imports from "mayfly/http". */
export { lambdaEvent } from "../runtime/hosts/http/lambda-event.ts";
export type { HttpEvent, VpcLatticeEvent } from "../http/handler/aws-events.ts";
