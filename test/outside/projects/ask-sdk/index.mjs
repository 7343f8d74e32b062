import Alexa from "ask-sdk-core";

const launch = {
  canHandle: ({ requestEnvelope }) => Alexa.getRequestType(requestEnvelope) === "LaunchRequest",
  handle: ({ responseBuilder }) => responseBuilder.speak("Welcome").reprompt("What now?").getResponse(),
};
const failing = {
  canHandle: ({ requestEnvelope }) => Alexa.getRequestType(requestEnvelope) === "IntentRequest",
  handle() {
    throw new RangeError("no such intent");
  },
};
const errors = {
  canHandle: (_, error) => error instanceof RangeError,
  handle: ({ responseBuilder }, error) => responseBuilder.speak(`${error.name}: ${error.message}`).getResponse(),
};

const skill = Alexa.SkillBuilders.custom().addRequestHandlers(launch, failing).addErrorHandlers(errors).lambda();

/** Without the version of Node.js. */
export const handler = (event, context, callback) =>
  skill(event, context, (error, value) => callback(error, value && { ...value, userAgent: undefined }));
