import { LambdaClient } from "@aws-sdk/client-lambda";

/** An AWS SDK client as a user would point it at the local Lambda. */
export function sdkClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" },
    maxAttempts: 1,
  });
}
