/** What a local Lambda pretends to be; the same for all of its functions. */
export interface LocalAccount {
  readonly region: string;
  readonly accountId: string;
  readonly credentials: LocalCredentials;
}

export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const DEFAULT_ACCOUNT: LocalAccount = {
  region: "us-east-1",
  accountId: "123456789012",
  // Well-formed, so that SDKs take them, and plainly not real.
  credentials: {
    accessKeyId: "ASIALOCALLAMBDA00000",
    secretAccessKey: "local/lambda/not/a/real/secret/key/00000",
    sessionToken: "local-lambda-not-a-real-session-token",
  },
};
