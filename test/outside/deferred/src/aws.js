import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

export async function handle({ origin }) {
  const settings = {
    endpoint: origin,
    region: "eu-west-1",
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const dynamo = new DynamoDBClient(settings);
  const put = await s3.send(new PutObjectCommand({ Bucket: "b", Key: "k.txt", Body: "some text" }));
  const get = await s3.send(new GetObjectCommand({ Bucket: "b", Key: "k.txt" }));
  const item = await DynamoDBDocumentClient.from(dynamo).send(
    new PutCommand({ TableName: "t", Item: { id: 1, tags: new Set(["a"]), blob: new Uint8Array([1, 2]) } }),
  );
  const failed = await new SQSClient({ ...settings, maxAttempts: 1 })
    .send(new SendMessageCommand({ QueueUrl: `${origin}/q`, MessageBody: "hello" }))
    .then(
      () => "sent",
      (error) => error.name,
    );
  return {
    put: put.ETag,
    get: await get.Body?.transformToString(),
    item: item.$metadata.httpStatusCode,
    failed,
    names: [CreateTableCommand.name, s3.constructor.name, dynamo.constructor.name],
  };
}
