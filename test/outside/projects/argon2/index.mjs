import { hash as hashOther, verify as verifyOther } from "@node-rs/argon2";
import argon2 from "argon2";
import bcrypt from "bcrypt";

export const handler = async ({ password }) => {
  const salt = Buffer.from("0123456789abcdef");
  const hash = await argon2.hash(password, { salt, memoryCost: 1024, timeCost: 2, parallelism: 1 });
  const other = await hashOther(password, { memoryCost: 1024 });
  return {
    hash,
    isIt: await argon2.verify(hash, password),
    isNot: await argon2.verify(hash, "no"),
    across: [await verifyOther(hash, password), await argon2.verify(other, password)],
    bcrypt: await bcrypt.compare(password, await bcrypt.hash(password, 4)),
  };
};
