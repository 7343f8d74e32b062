const AWS = require("aws-sdk");

const s3 = new AWS.S3({
  region: "eu-west-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  signatureVersion: "v4",
});
const table = new AWS.DynamoDB.DocumentClient({ region: "eu-west-1", endpoint: "http://127.0.0.1:1", maxRetries: 0 });

exports.handler = async ({ key }) => {
  const url = new URL(s3.getSignedUrl("getObject", { Bucket: "b", Key: key, Expires: 60 }));
  const failure = await table
    .get({ TableName: "t", Key: { id: 1 } })
    .promise()
    .catch((error) => error);
  const invalid = await table
    .get({ TableName: "t" })
    .promise()
    .catch((error) => error);
  return {
    place: `${url.host}${url.pathname}`,
    expires: url.searchParams.get("X-Amz-Expires"),
    failure: failure.code,
    invalid: [invalid.code, invalid.message],
    marshalled: AWS.DynamoDB.Converter.marshall({ a: [1, "x", null], b: { c: true } }),
  };
};
