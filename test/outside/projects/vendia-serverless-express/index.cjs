const serverlessExpress = require("@vendia/serverless-express");

let serve;

/** Three parameters, as its README has it. */
exports.handler = function (event, context, callback) {
  import("./app.mjs").then(({ app }) => {
    serve ??= serverlessExpress({ app, resolutionMode: "CALLBACK" });
    serve(event, context, (error, response) => {
      if (response) delete response.headers.date;
      callback(error, response);
    });
  });
};
