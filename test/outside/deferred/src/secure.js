// HTTPS through an agent that was made, and handed to the SDK, long before it is used.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import axios from "axios";
import https from "node:https";

const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });

export async function handle({ secure }) {
  const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
  const settings = { endpoint: secure, region: "eu-west-1", credentials, forcePathStyle: true, maxAttempts: 1 };
  const get = new GetObjectCommand({ Bucket: "b", Key: "k" });
  const s3 = new S3Client({ ...settings, requestHandler: { httpsAgent: agent } });
  const { Body } = await s3.send(get);
  return {
    sdk: await Body?.transformToString(),
    // Its own agent refuses a certificate that nobody vouches for.
    refused: await new S3Client(settings).send(get).then(
      () => "sent",
      (error) => error.code ?? error.name,
    ),
    axios: (await axios.get(`${secure}/axios`, { httpsAgent: agent })).status,
  };
}
